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
  /** Ends the reading before its time. */
  readonly signal?: AbortSignal
}

const SESSION_MS = 30_000
const PARTITION_BYTES_MAX = 4_000_000

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

const handOver =
  (consumer: Consumer, positions: Positions, { onBatch }: LogReadingOptions, settle: Settle) =>
  async (payload: EachBatchPayload): Promise<void> => {
    const { topic, partition, messages } = payload.batch
    const last = payload.batch.lastOffset()
    const all = messages.map((message) => recordOf(topic, partition, message))
    const records = positions.wanted(topic, partition, all)
    try {
      if (records.length > 0) await whileBeating(onBatch(records), () => payload.heartbeat())
    } catch (error) {
      settle.reject(error)
      throw new KafkaJSNonRetriableError(error instanceof Error ? error.message : String(error))
    }
    payload.resolveOffset(last)
    if (positions.advance(topic, partition, BigInt(last) + 1n)) {
      consumer.pause([{ topic, partitions: [partition] }])
    }
    if (positions.isDone()) settle.resolve()
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
        eachBatch: handOver(consumer, positions, options, { resolve, reject }),
      })
    }
    reading().catch((error: unknown) => reject(unreadable(error)))
    await promise
  } finally {
    signal?.removeEventListener('abort', abort)
    await consumer
      .disconnect()
      .catch((error: unknown) => options.log.debug({ err: error }, 'disconnecting failed'))
    await forgetGroup(options, groupId)
  }
}
