import kafkajs, { type Consumer, type EachBatchPayload } from 'kafkajs'
import { createGroupCommit, createProgressWatch, type ProgressWatch } from '@baqylau/service-kit'
import { connectTo, type KafkaConnection } from './connection.ts'
import { HEARTBEAT_MS, whileBeating } from './heartbeat.ts'
import { type Assignment, watchLag } from './lag-watch.ts'
import { type LogRecord, recordOf } from './log-record.ts'

// kafkajs is CommonJS: Node finds most of its names, but not these.
const { KafkaJSError, KafkaJSNonRetriableError, KafkaJSProtocolError } = kafkajs

/** Consecutive records of one partition. */
export interface LogBatch {
  readonly topic: string
  readonly partition: number
  readonly records: readonly LogRecord[]
  /** Aborted when the partition is no longer ours, or the consumer has to stop: forget what is in flight, commit nothing. */
  readonly signal: AbortSignal
  /** Commits everything up to and with this record: call it when its effect, and that of all before it, is durable. */
  readonly commit: (record: Pick<LogRecord, 'offset'>) => Promise<void>
}

export interface LogConsumerOptions extends KafkaConnection {
  readonly groupId: string
  readonly topics: readonly string[]
  /** Batches of different partitions are handed over at once, up to this many. */
  readonly partitionsAtOnce: number
  /**
   * Bounds the memory: bytes of one fetch, of all partitions, as they are in the log (compressed, unpacked some ten times as
   * many). The next fetch waits until this one is done with. One record is handed over whatever its size.
   */
  readonly fetchBytesMax: number
  /** Resolves when the batch is done with. What it throws is a fault that a restart must mend. */
  readonly onBatch: (batch: LogBatch) => Promise<void>
  /** Aborted when a stop can wait no longer for what is in hand: it is given up, and done again after the next start. */
  readonly graceOver: AbortSignal
  /** The consumer has ended for good: the process must end too. */
  readonly onCrash: (error: unknown) => void
  /** A member that gives no sign of life for so long is taken for dead. Default 10 s; the broker takes 6 s at least. */
  readonly sessionMs?: number
  /**
   * Is told of batches in hand and of records that wait to be read: a consumer that has something to read and reads nothing,
   * while the broker answers, is stuck. Default: nobody is told.
   */
  readonly progress?: ProgressWatch
}

type Watched = LogConsumerOptions & { readonly progress: ProgressWatch }

export interface LogConsumer {
  /** Undefined while the group has us as a member, else what is wrong. */
  readonly trouble: () => string | undefined
  /** Takes no more batches, lets those in hand finish, and leaves the group. */
  readonly stop: () => Promise<void>
}

/** So long the partitions of a killed member wait for another. */
const SESSION_MS = 10_000
/** No partition may take all of a fetch. */
const PARTITION_BYTES_MAX = 1_000_000

interface Position {
  readonly topic: string
  readonly partition: number
  /** The next record to be read. */
  readonly offset: string
}

type CommitPosition = (position: Position, signal: AbortSignal) => Promise<void>

/** Partitions finish close together: what is committed while a commit is under way goes into the next one together. */
const gatherCommits = (consumer: Consumer): CommitPosition => {
  const gathered = createGroupCommit<Position>({
    commit: (positions) => consumer.commitOffsets([...latestOf(positions).values()]),
    bytesOf: () => 1,
    itemsMax: Number.POSITIVE_INFINITY,
    bytesMax: Number.POSITIVE_INFINITY,
    // At most one for each batch in hand.
    pendingBytesMax: Number.POSITIVE_INFINITY,
    lingerMs: 0,
  })
  // A partition that is taken away while its commit waits may be another's already: that would set it back.
  return (position, signal) => gathered.submit([position], signal)
}

/** Of several positions of one partition the last: they come in order. */
const latestOf = (positions: readonly Position[]): ReadonlyMap<string, Position> =>
  new Map(positions.map((position) => [`${position.topic}/${position.partition}`, position]))

const batchOf = (
  payload: EachBatchPayload,
  commitPosition: CommitPosition,
  signal: AbortSignal,
): LogBatch => {
  const { topic, partition, messages } = payload.batch
  return {
    topic,
    partition,
    records: messages.map((message) => recordOf(topic, partition, message)),
    signal,
    commit: async ({ offset }) => {
      if (signal.aborted) return
      payload.resolveOffset(offset)
      await commitPosition({ topic, partition, offset: String(BigInt(offset) + 1n) }, signal)
    },
  }
}

/** What is known of how the consumer is. A crash is told once, and no later event makes it undone. */
interface Condition {
  readonly trouble: () => string | undefined
  /** The partitions that the group has given us, as far as we know. */
  readonly assigned: () => Assignment
  readonly set: (trouble: string | undefined) => void
  readonly join: (assignment: Assignment) => void
  readonly crash: (error: unknown) => void
}

const createCondition = ({ log, onCrash, progress }: Watched): Condition => {
  let trouble: string | undefined = 'not a member of the consumer group yet'
  let assignment: Assignment = {}
  let crashed = false
  return {
    trouble: () => trouble,
    assigned: () => assignment,
    join: (given) => {
      assignment = given
      progress.moved()
      if (!crashed) trouble = undefined
    },
    set: (next) => {
      if (!crashed) trouble = next
    },
    crash: (error) => {
      if (crashed) return
      crashed = true
      trouble = `the consumer failed: ${error instanceof Error ? error.message : String(error)}`
      log.warn({ err: error }, 'the consumer failed for good')
      onCrash(error)
    },
  }
}

const watch = (consumer: Consumer, condition: Condition, { log, progress }: Watched): void => {
  consumer.on('consumer.group_join', ({ payload }) => condition.join(payload.memberAssignment))
  consumer.on('consumer.rebalancing', () => condition.set('the consumer group is rebalancing'))
  // A broker that hangs is an outage, which is met with another try.
  consumer.on('consumer.network.request_timeout', progress.moved)
  consumer.on('consumer.crash', ({ payload: { error, restart } }) => {
    progress.moved()
    if (!restart) {
      condition.crash(error)
      return
    }
    condition.set(`the consumer failed and starts again: ${error.message}`)
    log.warn({ err: error }, 'the consumer failed and starts again')
  })
}

/**
 * What kafkajs knows to answer with joining the group again, it knows by the error's type; and that is gone when the error
 * comes out of a commit, where it is wrapped: so a commit that met a rebalance would end the consumer.
 */
const unwrapped = (error: Error): Error => (error.cause instanceof KafkaJSProtocolError ? error.cause : error)

/**
 * Hands a batch over. kafkajs tries whatever fails again, without an end, for as long as it does not know the error as one
 * of its own that is final: in a process that lives and does nothing. So a fault of the work itself is made final here, and
 * told at once, since kafkajs would first wait for the batches of the other partitions.
 */
const handOver =
  (commitPosition: CommitPosition, condition: Condition, { onBatch, graceOver, progress }: Watched) =>
  async (payload: EachBatchPayload): Promise<void> => {
    const revoked = new AbortController()
    const signal = AbortSignal.any([revoked.signal, graceOver])
    try {
      const work = onBatch(batchOf(payload, commitPosition, signal))
      await progress.during(whileBeating(work, () => payload.heartbeat()))
    } catch (error) {
      if (graceOver.aborted) return
      if (error instanceof KafkaJSError) throw unwrapped(error)
      condition.crash(error)
      throw new KafkaJSNonRetriableError(error instanceof Error ? error.message : String(error))
    } finally {
      revoked.abort(new Error('the partition was taken away'))
    }
  }

/**
 * A member of a consumer group that reads its topics from their beginning and commits only what `onBatch` says is durable.
 * kafkajs restarts it after faults that pass; any other ends it, and is told to `onCrash`.
 */
export const startConsumer = async (given: LogConsumerOptions): Promise<LogConsumer> => {
  const options = { ...given, progress: given.progress ?? createProgressWatch(Number.POSITIVE_INFINITY) }
  const condition = createCondition(options)
  const consumer = connectTo(options).consumer({
    groupId: options.groupId,
    sessionTimeout: options.sessionMs ?? SESSION_MS,
    heartbeatInterval: HEARTBEAT_MS,
    rebalanceTimeout: 60_000,
    maxWaitTimeInMs: 100,
    maxBytes: options.fetchBytesMax,
    maxBytesPerPartition: Math.min(options.fetchBytesMax, PARTITION_BYTES_MAX),
    allowAutoTopicCreation: false,
    // A connection that leads nowhere is given up only when these are used up, of up to 10 s each: then all are made anew.
    retry: { initialRetryTime: 200, maxRetryTime: 5000, retries: 2 },
  })
  watch(consumer, condition, options)
  await consumer.connect()
  await consumer.subscribe({ topics: [...options.topics], fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: options.partitionsAtOnce,
    eachBatch: handOver(gatherCommits(consumer), condition, options),
  })
  const lag = given.progress === undefined ? undefined : watchLag({ ...options, ...condition })
  return {
    trouble: condition.trouble,
    stop: async () => {
      await Promise.all([lag?.stop(), consumer.disconnect()])
    },
  }
}
