import { AppError } from '@baqylau/contracts'

export interface GroupCommitOptions<Item> {
  /** Makes the items durable, all of them, or throws. Never called while an earlier call is under way. */
  readonly commit: (items: readonly Item[]) => Promise<void>
  readonly bytesOf: (item: Item) => number
  /** A commit takes whole submissions until it has this many items or bytes. */
  readonly itemsMax: number
  readonly bytesMax: number
  /** What may wait; past it, `submit` throws `overloaded`. */
  readonly pendingBytesMax: number
  /** How long a first submission waits for company, in milliseconds; 0: not at all. */
  readonly lingerMs: number
}

export interface GroupCommit<Item> {
  /**
   * Resolves when the items are durable. Items of one submission are committed together and in order. When `signal` is
   * aborted while they wait for their turn, they are dropped, and it rejects with the signal's reason.
   */
  readonly submit: (items: readonly Item[], signal?: AbortSignal) => Promise<void>
  /** Resolves when nothing is waiting or under way. */
  readonly drained: () => Promise<void>
  readonly pendingBytes: () => number
}

interface Submission<Item> {
  readonly items: readonly Item[]
  readonly bytes: number
  readonly settle: PromiseWithResolvers<void>
}

const takeGroup = <Item>(
  waiting: Submission<Item>[],
  itemsMax: number,
  bytesMax: number,
): Submission<Item>[] => {
  let count = 0
  let items = 0
  let bytes = 0
  for (const submission of waiting) {
    items += submission.items.length
    bytes += submission.bytes
    if (count > 0 && (items > itemsMax || bytes > bytesMax)) break
    count += 1
  }
  return waiting.splice(0, count)
}

/** Submissions that wait for their turn, and the bytes of those and of what is being committed. */
interface Line<Item> {
  readonly take: () => readonly Submission<Item>[]
  /** Resolves when the submission is settled. Waiting still when `signal` is aborted, it is taken back. */
  readonly wait: (submission: Submission<Item>, signal: AbortSignal | undefined) => Promise<void>
  readonly isEmpty: () => boolean
  readonly isFull: () => boolean
  readonly bytes: () => number
}

const createLine = <Item>({ itemsMax, bytesMax }: GroupCommitOptions<Item>): Line<Item> => {
  const waiting: Submission<Item>[] = []
  let pendingBytes = 0
  /** What is being committed has to be waited for: nobody knows how far it got. */
  const takeBack = (submission: Submission<Item>, reason: unknown): void => {
    const place = waiting.indexOf(submission)
    if (place === -1) return
    waiting.splice(place, 1)
    submission.settle.reject(reason)
  }
  return {
    take: () => takeGroup(waiting, itemsMax, bytesMax),
    wait: async (submission, signal) => {
      const abort = (): void => takeBack(submission, signal?.reason)
      pendingBytes += submission.bytes
      waiting.push(submission)
      signal?.addEventListener('abort', abort, { once: true })
      try {
        await submission.settle.promise
      } finally {
        pendingBytes -= submission.bytes
        signal?.removeEventListener('abort', abort)
      }
    },
    isEmpty: () => waiting.length === 0,
    isFull: () =>
      pendingBytes >= bytesMax || waiting.reduce((sum, { items }) => sum + items.length, 0) >= itemsMax,
    bytes: () => pendingBytes,
  }
}

/**
 * Group commit: what comes in while a commit is under way goes into the next one together. So one commit's latency is
 * shared by all that waited for it, batches grow with the load by themselves, and a lone submission waits for nobody.
 */
export const createGroupCommit = <Item>(options: GroupCommitOptions<Item>): GroupCommit<Item> => {
  const line = createLine(options)
  let running: Promise<void> | undefined

  const commitGroup = async (group: readonly Submission<Item>[]): Promise<void> => {
    try {
      await options.commit(group.flatMap(({ items }) => items))
      for (const { settle } of group) settle.resolve()
    } catch (error) {
      for (const { settle } of group) settle.reject(error)
    }
  }

  let cutLinger: (() => void) | undefined
  /** Waits for company; a group that is full waits no longer. */
  const linger = async (): Promise<void> => {
    if (options.lingerMs === 0 || line.isFull()) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, options.lingerMs)
    cutLinger = resolve
    await promise
    clearTimeout(timer)
    cutLinger = undefined
  }

  const run = async (): Promise<void> => {
    do {
      await linger()
      // All of it may have been dropped meanwhile.
      if (line.isEmpty()) break
      await commitGroup(line.take())
    } while (!line.isEmpty())
    running = undefined
  }

  return {
    submit: (items, signal) => {
      if (items.length === 0) return Promise.resolve()
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error)
      const bytes = items.reduce((sum, item) => sum + options.bytesOf(item), 0)
      if (line.bytes() > 0 && line.bytes() + bytes > options.pendingBytesMax) {
        return Promise.reject(
          new AppError(
            'overloaded',
            'More is waiting to be written than may wait. Try again in a few seconds.',
          ),
        )
      }
      const settled = line.wait({ items, bytes, settle: Promise.withResolvers() }, signal)
      running ??= run()
      if (line.isFull()) cutLinger?.()
      return settled
    },
    drained: () => running ?? Promise.resolve(),
    pendingBytes: line.bytes,
  }
}
