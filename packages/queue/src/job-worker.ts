import { DelayedError, type Job, Worker } from 'bullmq'
import { AppError } from '@baqylau/contracts'
import { keyPrefix, patient, QUEUE_NAME, type QueueConnection } from './connection.ts'
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
  /** Takes no more jobs, and resolves when those in hand are done. */
  readonly close: () => Promise<void>
}

/** How long the job of a killed worker stays with it; then another takes it over. */
const LOCK_MS = 10_000
const STALLED_CHECK_MS = 5000
/** A stalled worker is nothing that its job did: it never fails for that (BullMQ's default fails it the second time). */
const STALLED_MAX = 1_000_000
const OUTAGE_DELAY_MS = 1000

const sealedOf = (job: Job): string => {
  const data: unknown = job.data
  if (typeof data === 'object' && data !== null && 'sealed' in data && typeof data.sealed === 'string')
    return data.sealed
  throw new Error('the job is not one of ours')
}

/** Starts to take jobs. Redis away: it waits, and goes on by itself. */
export const startJobWorker = (options: JobWorkerOptions): JobWorker => {
  let trouble: string | undefined = 'not connected to Redis yet'
  const handle = async (job: Job, token?: string): Promise<string> => {
    const id = job.id ?? ''
    try {
      const payload = unseal(sealedOf(job), id, options.sealingKey)
      return await options.process({
        id,
        payload,
        isLastAttempt: job.attemptsMade + 1 >= (job.opts.attempts ?? 1),
      })
    } catch (error) {
      if (!(error instanceof AppError) || !error.retryable) throw error
      await job.moveToDelayed(Date.now() + OUTAGE_DELAY_MS, token)
      throw new DelayedError()
    }
  }
  const worker = new Worker(QUEUE_NAME, handle, {
    connection: patient(options.redisUrl),
    prefix: keyPrefix(options.prefix),
    concurrency: options.concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    maxStalledCount: STALLED_MAX,
    drainDelay: 1,
  })
  worker.on('ready', () => {
    trouble = undefined
  })
  worker.on('error', (error) => {
    trouble = error.message
    options.onError(error)
  })
  worker.on('active', () => {
    trouble = undefined
  })
  return { trouble: () => trouble, close: () => worker.close() }
}
