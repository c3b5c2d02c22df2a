import { DelayedError, type Job, Worker } from 'bullmq'
import { AppError } from '@baqylau/contracts'
import { Redis } from 'ioredis'
import {
  closeOrDrop,
  failingFast,
  keyPrefix,
  patient,
  QUEUE_NAME,
  type QueueConnection,
} from './connection.ts'
import { unseal } from './sealing.ts'

export interface JobInHand {
  readonly id: string
  readonly payload: string
  /** When `process` throws now, the job has failed. */
  readonly isLastAttempt: boolean
}

export interface JobWorkerOptions extends QueueConnection {
  readonly sealingKey: Uint8Array
  readonly concurrency: number
  /**
   * Resolves, with a result for whoever added the job, when its effect is durable. A retryable AppError is an outage: the job
   * waits and is no attempt poorer. Any other error counts as an attempt.
   */
  readonly process: (job: JobInHand) => Promise<string>
  readonly onError: (error: Error) => void
}

export interface JobWorker {
  /** Undefined while jobs can be taken, else what is wrong. */
  readonly trouble: () => string | undefined
  /** Takes no more jobs, and resolves when those in hand are done; after some seconds, or without Redis, it gives them up. */
  readonly close: () => Promise<void>
}

/** How long the job of a killed worker stays with it; then another takes it over. */
const LOCK_MS = 10_000
const STALLED_CHECK_MS = 5000
/** A stalled worker is nothing that its job did: it never fails for that (BullMQ's default fails it the second time). */
const STALLED_MAX = 1_000_000
const OUTAGE_DELAY_MS = 1000
/** Less than a stop may take. */
const CLOSE_MS_MAX = 6000

const sealedOf = (job: Job): string => {
  const data: unknown = job.data
  if (typeof data === 'object' && data !== null && 'sealed' in data && typeof data.sealed === 'string')
    return data.sealed
  throw new Error('the job is not one of ours')
}

/** Does one job, and lets one that met an outage wait without counting it as an attempt. */
const handleWith =
  ({ sealingKey, process }: JobWorkerOptions) =>
  async (job: Job, token?: string): Promise<string> => {
    const id = job.id ?? ''
    try {
      const payload = unseal(sealedOf(job), id, sealingKey)
      return await process({ id, payload, isLastAttempt: job.attemptsMade + 1 >= (job.opts.attempts ?? 1) })
    } catch (error) {
      if (!(error instanceof AppError) || !error.retryable) throw error
      await job.moveToDelayed(Date.now() + OUTAGE_DELAY_MS, token)
      throw new DelayedError()
    }
  }

/**
 * Starts to take jobs. Redis away: it waits, and goes on by itself. BullMQ does not say when it is connected again, so a
 * connection of our own tells whether Redis is there.
 */
export const startJobWorker = (options: JobWorkerOptions): JobWorker => {
  const { url, ...probing } = failingFast(options.redisUrl)
  const probe = new Redis(url, probing)
  let away = 'not connected to Redis yet'
  probe.on('error', (error: Error) => {
    away = `Redis is away: ${error.message}`
  })
  const worker = new Worker(QUEUE_NAME, handleWith(options), {
    connection: patient(options.redisUrl),
    prefix: keyPrefix(options.prefix),
    concurrency: options.concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    maxStalledCount: STALLED_MAX,
    drainDelay: 1,
  })
  /** What Redis itself refused when it was asked for a job: it may be there and have no memory. */
  let refusal: string | undefined
  worker.on('error', (error) => {
    if (error.name === 'ReplyError') refusal = `Redis refuses: ${error.message}`
    options.onError(error)
  })
  worker.on('active', () => {
    refusal = undefined
  })
  const isThere = (): boolean => probe.status === 'ready'
  return {
    trouble: () => (isThere() ? refusal : away),
    close: async () => {
      const force = !isThere()
      probe.disconnect()
      await closeOrDrop(
        () => worker.close(force),
        () => worker.disconnect(),
        CLOSE_MS_MAX,
      )
    },
  }
}
