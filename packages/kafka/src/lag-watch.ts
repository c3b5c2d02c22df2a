import { every, type ProgressWatch } from '@baqylau/service-kit'
import { type LogAdmin, openAdmin } from './admin.ts'
import type { KafkaConnection } from './connection.ts'

/** Partitions by topic. */
export type Assignment = Readonly<Record<string, readonly number[]>>

export interface LagWatchOptions extends KafkaConnection {
  readonly groupId: string
  /** What this member has to read. */
  readonly assigned: () => Assignment
  /** Undefined while the group has this member, else what is wrong. */
  readonly trouble: () => string | undefined
  readonly progress: ProgressWatch
  /** How often to look. Default 10 s. */
  readonly lookMs?: number
}

export interface LagWatch {
  readonly stop: () => Promise<void>
}

const LOOK_MS = 10_000
/** A broker that takes longer to tell is away. */
const ANSWER_MS_MAX = 8000

interface Standing {
  /** Records that are not committed yet. */
  readonly lag: bigint
  /** Changes with every commit. */
  readonly committed: string
}

const standingOf = async (admin: LogAdmin, groupId: string, assignment: Assignment): Promise<Standing> => {
  const topics = Object.keys(assignment)
  if (topics.length === 0) return { lag: 0n, committed: '' }
  const [ends, offsets] = await Promise.all([
    admin.topicEnds(topics),
    admin.committedOffsets(groupId, topics),
  ])
  const placeOf = ({ topic, partition }: { readonly topic: string; readonly partition: number }): string =>
    `${topic}/${partition}`
  const committed = new Map(offsets.map((at) => [placeOf(at), at.offset]))
  const own = ends.filter(({ topic, partition }) => assignment[topic]?.includes(partition) === true)
  const lags = own.map((end) => {
    const at = committed.get(placeOf(end)) ?? 0n
    return end.high - (at > end.low ? at : end.low)
  })
  return {
    lag: lags.reduce((sum, lag) => sum + lag, 0n),
    committed: own.map((end) => committed.get(placeOf(end))).join(),
  }
}

const unlessAborted = async <Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> => {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/**
 * Asks the broker, and not the consumer, how far the consumer has come: a kafkajs consumer can be a member of nothing, or
 * fetch nothing, in a process that is otherwise well (tulios/kafkajs#659, #1630). What it has to read and does not is work
 * that waits. While the broker does not answer, nothing is the consumer's fault.
 */
export const watchLag = (options: LagWatchOptions): LagWatch => {
  const { groupId, assigned, trouble, progress } = options
  // What is wrong is in the readiness: the client's own lines at every look would drown the log.
  const connection = {
    ...options,
    clientId: `${options.clientId}-lag`,
    log: options.log.child({}, { level: 'error' }),
  }
  const stopping = new AbortController()
  let admin: Promise<LogAdmin> | undefined
  let last: Standing = { lag: 0n, committed: '' }

  const disconnect = async (): Promise<void> => {
    const opened = admin
    admin = undefined
    await opened?.then(
      (connected) => connected.close(),
      () => undefined,
    )
  }
  const look = async (): Promise<void> => {
    try {
      admin ??= openAdmin(connection)
      const asking = admin.then((connected) => standingOf(connected, groupId, assigned()))
      const next = await unlessAborted(
        asking,
        AbortSignal.any([stopping.signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
      )
      const isWell = trouble() === undefined && next.lag === 0n
      if (isWell || next.committed !== last.committed) progress.moved()
      last = next
    } catch {
      progress.moved()
      disconnect().catch(() => undefined)
    }
  }
  progress.waits(() => trouble() ?? (last.lag > 0n ? `${last.lag} records to read` : undefined))
  const stopLooking = every(options.lookMs ?? LOOK_MS, look)
  return {
    stop: async () => {
      stopping.abort(new Error('stopping'))
      await stopLooking()
      await disconnect()
    },
  }
}
