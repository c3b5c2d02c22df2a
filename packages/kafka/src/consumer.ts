import kafkajs, { type Consumer, type EachBatchPayload } from 'kafkajs'
import { createGroupCommit } from '@baqylau/service-kit'
import { connectTo, type KafkaConnection } from './connection.ts'
import { HEARTBEAT_MS, whileBeating } from './heartbeat.ts'
import { type LogRecord, recordOf } from './log-record.ts'

// kafkajs is CommonJS: Node finds most of its names, but not these.
const { KafkaJSError, KafkaJSNonRetriableError } = kafkajs

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
}

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

type CommitPosition = (position: Position) => Promise<void>

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
  return (position) => gathered.submit([position])
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
      await commitPosition({ topic, partition, offset: String(BigInt(offset) + 1n) })
    },
  }
}

/** What is known of how the consumer is. A crash is told once, and no later event makes it undone. */
interface Condition {
  readonly trouble: () => string | undefined
  readonly set: (trouble: string | undefined) => void
  readonly crash: (error: unknown) => void
}

const createCondition = ({ log, onCrash }: LogConsumerOptions): Condition => {
  let trouble: string | undefined = 'not a member of the consumer group yet'
  let crashed = false
  return {
    trouble: () => trouble,
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

const watch = (consumer: Consumer, condition: Condition, { log }: LogConsumerOptions): void => {
  consumer.on('consumer.group_join', () => condition.set(undefined))
  consumer.on('consumer.rebalancing', () => condition.set('the consumer group is rebalancing'))
  consumer.on('consumer.crash', ({ payload: { error, restart } }) => {
    if (!restart) {
      condition.crash(error)
      return
    }
    condition.set(`the consumer failed and starts again: ${error.message}`)
    log.warn({ err: error }, 'the consumer failed and starts again')
  })
}

/**
 * Hands a batch over. kafkajs tries whatever fails again, without an end, for as long as it does not know the error as one
 * of its own that is final: in a process that lives and does nothing. So a fault of the work itself is made final here, and
 * told at once, since kafkajs would first wait for the batches of the other partitions.
 */
const handOver =
  (commitPosition: CommitPosition, condition: Condition, { onBatch, graceOver }: LogConsumerOptions) =>
  async (payload: EachBatchPayload): Promise<void> => {
    const revoked = new AbortController()
    const signal = AbortSignal.any([revoked.signal, graceOver])
    try {
      await whileBeating(onBatch(batchOf(payload, commitPosition, signal)), () => payload.heartbeat())
    } catch (error) {
      if (graceOver.aborted) return
      if (error instanceof KafkaJSError) throw error
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
export const startConsumer = async (options: LogConsumerOptions): Promise<LogConsumer> => {
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
    retry: { initialRetryTime: 200, maxRetryTime: 5000, retries: 10 },
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
  return { trouble: condition.trouble, stop: () => consumer.disconnect() }
}
