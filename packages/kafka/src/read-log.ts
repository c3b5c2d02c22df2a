import { randomUUID } from 'node:crypto'
import kafkajs, { type Consumer, type EachBatchPayload } from 'kafkajs'
import { AppError } from '@baqylau/contracts'
import type { PartitionEnds } from './admin.ts'
import { connectTo, type KafkaConnection } from './connection.ts'
import { HEARTBEAT_MS, whileBeating } from './heartbeat.ts'
import { type LogRecord, recordOf } from './log-record.ts'

const { KafkaJSNonRetriableError } = kafkajs

/** What is to be read of one partition: from `low` on, less than `high`. */
export type PartitionStretch = PartitionEnds

export interface LogReadingOptions extends KafkaConnection {
  readonly stretches: readonly PartitionStretch[]
  /** Bounds the memory: bytes of one fetch as they are in the log (compressed). */
  readonly fetchBytesMax: number
  /** Batches of different partitions are handed over at once, up to this many. */
  readonly partitionsAtOnce: number
  /** Consecutive records of one partition. The next of that partition come when it has resolved. */
  readonly onBatch: (records: readonly LogRecord[]) => Promise<void>
  /** So long nothing may come from the broker before the reading is given up. Default: five minutes. */
  readonly silentMsMax?: number
  /** Ends the reading before its time. */
  readonly signal?: AbortSignal
}

const SESSION_MS = 30_000
const PARTITION_BYTES_MAX = 4_000_000
/** Enough for a restart of the broker, and for a connection that leads nowhere to be given up and made anew. */
const SILENT_MS_MAX = 300_000
const LOOK_MS_MAX = 1000
/** A client that cannot say good-bye to a broker that is away is not waited for. */
const LEAVE_MS_MAX = 5000

const nameOf = (topic: string, partition: number): string => `${topic}/${partition}`

/** Where each partition stands; a record is handed over once, whatever the client fetches again. */
const createPositions = (stretches: readonly PartitionStretch[]) => {
  const open = new Map<string, { readonly stretch: PartitionStretch; next: bigint }>()
  for (const stretch of stretches) {
    if (stretch.low < stretch.high) {
      open.set(nameOf(stretch.topic, stretch.partition), { stretch, next: stretch.low })
    }
  }
  return {
    isDone: () => open.size === 0,
    nextOf: (topic: string, partition: number) => open.get(nameOf(topic, partition))?.next,
    /** Those of the records that are wanted, and not handed over yet. */
    wanted: (topic: string, partition: number, records: readonly LogRecord[]): readonly LogRecord[] => {
      const position = open.get(nameOf(topic, partition))
      if (position === undefined) return []
      return records.filter(
        ({ offset }) => BigInt(offset) >= position.next && BigInt(offset) < position.stretch.high,
      )
    },
    /** Everything before `next` is handed over. Tells whether that was all of the partition. */
    advance: (topic: string, partition: number, next: bigint): boolean => {
      const name = nameOf(topic, partition)
      const position = open.get(name)
      if (position === undefined) return true
      position.next = next
      if (next < position.stretch.high) return false
      open.delete(name)
      return true
    },
  }
}

type Positions = ReturnType<typeof createPositions>

/** kafkajs begins behind what a group has committed, and this one commits nothing: so whenever it joins, it is told where. */
const seekOnJoin = (consumer: Consumer, positions: Positions): void => {
  consumer.on('consumer.group_join', ({ payload: { memberAssignment } }) => {
    for (const [topic, partitions] of Object.entries(memberAssignment)) {
      const done = partitions.filter((partition) => positions.nextOf(topic, partition) === undefined)
      consumer.pause([{ topic, partitions: done }])
      for (const partition of partitions) {
        const next = positions.nextOf(topic, partition)
        if (next !== undefined) consumer.seek({ topic, partition, offset: String(next) })
      }
    }
  })
}

/** Hands records over. What `onBatch` throws ends the reading, and the client is told not to try again. */
const handRecords = async (
  records: readonly LogRecord[],
  { onBatch, silence, settle }: Handing,
): Promise<void> => {
  try {
    await silence.during(onBatch(records))
  } catch (error) {
    settle.reject(error)
    throw new KafkaJSNonRetriableError(error instanceof Error ? error.message : String(error))
  }
}

/** Resolves with the fault of a heartbeat, if one failed; the work goes on all the same. */
const beatDuring = (work: Promise<void>, payload: EachBatchPayload): Promise<unknown> =>
  whileBeating(work, () => payload.heartbeat()).then(
    () => undefined,
    (error: unknown) => error,
  )

const handOver =
  (consumer: Consumer, handing: Handing) =>
  async (payload: EachBatchPayload): Promise<void> => {
    const { positions, settle } = handing
    const { topic, partition, messages } = payload.batch
    const last = payload.batch.lastOffset()
    const all = messages.map((message) => recordOf(topic, partition, message))
    const records = positions.wanted(topic, partition, all)
    const work = records.length > 0 ? handRecords(records, handing) : Promise.resolve()
    const lost = await beatDuring(work, payload)
    await work
    // These are handed over, whatever became of our membership.
    payload.resolveOffset(last)
    if (positions.advance(topic, partition, BigInt(last) + 1n)) {
      consumer.pause([{ topic, partitions: [partition] }])
    }
    if (positions.isDone()) settle.resolve()
    // The client knows by its own error that it has to join again; it waits for the batches in hand before.
    else if (lost !== undefined) throw lost
  }

/** Watches that something comes. While records are in hand, it is not the broker that is waited for. */
interface Silence {
  readonly during: (work: Promise<void>) => Promise<void>
  readonly stop: () => void
}

const watchSilence = (silentMsMax: number, onSilent: () => void): Silence => {
  let inHand = 0
  let since = performance.now()
  const look = (): void => {
    if (inHand === 0 && performance.now() - since > silentMsMax) onSilent()
  }
  const timer = setInterval(look, Math.min(LOOK_MS_MAX, silentMsMax))
  return {
    during: async (work) => {
      inHand += 1
      try {
        await work
      } finally {
        inHand -= 1
        since = performance.now()
      }
    },
    stop: () => clearInterval(timer),
  }
}

/** What a reading has, while it hands records over. */
interface Handing extends Pick<LogReadingOptions, 'onBatch'> {
  readonly positions: Positions
  readonly silence: Silence
  readonly settle: Settle
}

type Settle = Pick<PromiseWithResolvers<void>, 'resolve' | 'reject'>

const unreadable = (cause: unknown): AppError =>
  new AppError(
    'log_unavailable',
    `The event log cannot be read: ${cause instanceof Error ? cause.message : String(cause)}. Is Kafka running?`,
    { cause },
  )

/** A group that is only for its name: without it the broker would keep it for a week. */
const forgetGroup = async (options: LogReadingOptions, groupId: string): Promise<void> => {
  const admin = connectTo(options).admin()
  try {
    await admin.connect()
    await admin.deleteGroups([groupId])
  } catch (error) {
    options.log.debug({ err: error }, 'the group of a reader could not be deleted')
  } finally {
    await admin.disconnect()
  }
}

/** Resolves when the work has, or when it took too long: nothing depends on it. */
const withoutWaitingLong = async (work: Promise<void>): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, LEAVE_MS_MAX)
  try {
    await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

const leave = async (consumer: Consumer, groupId: string, options: LogReadingOptions): Promise<void> => {
  try {
    await consumer.disconnect()
    await forgetGroup(options, groupId)
  } catch (error) {
    options.log.debug({ err: error }, 'disconnecting failed')
  }
}

/**
 * Reads stretches of partitions of the log, each record once and in the order of its partition, and resolves at their ends.
 * Commits nothing: it disturbs no stage. Goes on by itself after faults of the broker that pass.
 * @throws what `onBatch` throws, the signal's reason, or AppError `log_unavailable` when the broker stays away.
 */
export const readLog = async (options: LogReadingOptions): Promise<void> => {
  const { stretches, signal } = options
  const positions = createPositions(stretches)
  if (positions.isDone()) return
  signal?.throwIfAborted()
  const groupId = `baqylau-reader-${randomUUID()}`
  const consumer = connectTo(options).consumer({
    groupId,
    sessionTimeout: SESSION_MS,
    heartbeatInterval: HEARTBEAT_MS,
    maxWaitTimeInMs: 100,
    maxBytes: options.fetchBytesMax,
    maxBytesPerPartition: Math.min(options.fetchBytesMax, PARTITION_BYTES_MAX),
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 200, maxRetryTime: 5000, retries: 10 },
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const abort = (): void => reject(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  consumer.on('consumer.crash', ({ payload: { error, restart } }) => {
    if (!restart) reject(unreadable(error))
  })
  seekOnJoin(consumer, positions)
  const silentMsMax = options.silentMsMax ?? SILENT_MS_MAX
  const silence = watchSilence(silentMsMax, () =>
    reject(unreadable(new Error(`nothing came for ${Math.round(silentMsMax / 1000)} s`))),
  )
  const handing = { onBatch: options.onBatch, positions, silence, settle: { resolve, reject } }
  try {
    const reading = async (): Promise<void> => {
      await consumer.connect()
      await consumer.subscribe({
        topics: [...new Set(stretches.map(({ topic }) => topic))],
        fromBeginning: true,
      })
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: options.partitionsAtOnce,
        eachBatch: handOver(consumer, handing),
      })
    }
    reading().catch((error: unknown) => reject(unreadable(error)))
    await promise
  } finally {
    signal?.removeEventListener('abort', abort)
    silence.stop()
    await withoutWaitingLong(leave(consumer, groupId, options))
  }
}
