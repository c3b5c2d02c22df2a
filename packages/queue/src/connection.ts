import { AppError } from '@baqylau/contracts'

export interface QueueConnection {
  readonly redisUrl: string
  /** Keeps deployments apart that share a Redis. */
  readonly prefix: string
}

export const QUEUE_NAME = 'enrich'

/** BullMQ's keys may hold no `:` of ours. */
export const keyPrefix = (prefix: string): string => `bull-${prefix.replaceAll(':', '_')}`

const reconnectMs = (times: number): number => Math.min(100 * 2 ** Math.min(times, 10), 2000)

/** A Redis that was never reached, or hangs, answers nothing: BullMQ would wait for it for ever. */
const CALL_MS_MAX = 5000
/**
 * A connection over which no answer comes for so long is given up, and made anew: it may lead nowhere any more without anybody
 * saying so, when Redis' machine is gone, and would be tried for a quarter of an hour. A blocking read takes 10 s.
 */
const SILENCE_MS_MAX = 15_000

/** For callers that want an answer now: a command fails at once while Redis is away. */
export const failingFast = (redisUrl: string) => ({
  url: redisUrl,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  retryStrategy: reconnectMs,
  socketTimeout: CALL_MS_MAX,
})

/** For blocking readers: they wait for Redis as long as it takes. */
export const patient = (redisUrl: string) => ({
  url: redisUrl,
  maxRetriesPerRequest: null,
  retryStrategy: reconnectMs,
  socketTimeout: SILENCE_MS_MAX,
})

const withDeadline = async <Result>(work: Promise<Result>, msMax: number): Promise<Result> => {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`no answer within ${msMax} ms`)), msMax)
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Turns what Redis or BullMQ throws into `queue_unavailable`: jobs can always be made again from the log. */
export const queueCall = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  try {
    return await withDeadline(work(), CALL_MS_MAX)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('queue_unavailable', `Redis does not do what it is asked: ${why}`, { cause })
  }
}

/**
 * Closes what BullMQ opened. Without Redis it would wait for it for ever, or complain that the connection is closed: then it
 * is dropped. What it leaves in Redis (a job in hand) is taken over by others.
 */
export const closeOrDrop = async (
  close: () => Promise<void>,
  drop: () => Promise<void>,
  msMax: number,
): Promise<void> => {
  try {
    await withDeadline(close(), msMax)
  } catch {
    drop().catch(() => undefined)
  }
}
