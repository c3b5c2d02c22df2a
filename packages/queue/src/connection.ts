import type { ConnectionOptions } from 'bullmq'
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

/** For callers that want an answer now: a command fails at once while Redis is away. */
export const failingFast = (redisUrl: string): ConnectionOptions => ({
  url: redisUrl,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  retryStrategy: reconnectMs,
})

/** For blocking readers: they wait for Redis as long as it takes. */
export const patient = (redisUrl: string): ConnectionOptions => ({
  url: redisUrl,
  maxRetriesPerRequest: null,
  retryStrategy: reconnectMs,
})

/** Turns what Redis or BullMQ throws into `queue_unavailable`: jobs can always be made again from the log. */
export const queueCall = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('queue_unavailable', `Redis does not do what it is asked: ${why}`, { cause })
  }
}
