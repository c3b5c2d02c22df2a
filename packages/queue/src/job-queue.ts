import { Queue, QueueEvents } from 'bullmq'
import {
  closeOrDrop,
  failingFast,
  keyPrefix,
  patient,
  QUEUE_NAME,
  type QueueConnection,
  queueCall,
} from './connection.ts'
import { seal } from './sealing.ts'

export interface NewJob {
  /** Without `:`. A job whose id is there already is not added again. */
  readonly id: string
  readonly payload: string
}

export type JobState =
  | { readonly state: 'absent' | 'in_progress' }
  /** `result` is what the worker's `process` returned. */
  | { readonly state: 'completed'; readonly result: string }
  | { readonly state: 'failed'; readonly reason: string }

export interface QueueDepth {
  readonly waiting: number
  readonly active: number
  readonly failed: number
}

export interface JobQueue {
  readonly add: (job: NewJob) => Promise<void>
  readonly stateOf: (jobId: string) => Promise<JobState>
  readonly remove: (jobId: string) => Promise<void>
  readonly depth: () => Promise<QueueDepth>
  readonly ping: () => Promise<void>
  /** Undefined when the last job could be added, else why not: a Redis that answers may have no room. */
  readonly trouble: () => string | undefined
  readonly close: () => Promise<void>
}

export interface JobQueueOptions extends QueueConnection {
  readonly sealingKey: Uint8Array
  /** How often a job is tried when `process` throws. */
  readonly attempts: number
}

/**
 * Finished jobs stay for a while, so that whoever missed the event finds them; then they go, and Redis stays small. Each has
 * its payload still, of half a megabyte: with 500 of them Redis would be full, and could not even finish a job.
 */
const KEEP_COMPLETED = { age: 120, count: 64 } as const
const KEEP_FAILED = { age: 3600, count: 64 } as const
const RETRY_MS = 200
const CLOSE_MS_MAX = 1000

/**
 * The state first, and then the job: one that finishes between the two has its result, and not the lack of one. And a job
 * that is not finished need not come, with its payload.
 */
const stateOf = async (queue: Queue, jobId: string): Promise<JobState> => {
  const state = await queue.getJobState(jobId)
  if (state === 'unknown') return { state: 'absent' }
  if (state !== 'completed' && state !== 'failed') return { state: 'in_progress' }
  const job = await queue.getJob(jobId)
  if (job === undefined) return { state: 'absent' }
  return state === 'completed'
    ? { state, result: String(job.returnvalue) }
    : { state, reason: job.failedReason }
}

/**
 * The side of the queue that adds jobs. Payloads are sealed. Every call throws AppError `queue_unavailable` within seconds while
 * Redis is away, wiped in mid-call, or out of memory.
 */
export const openJobQueue = ({ redisUrl, prefix, sealingKey, attempts }: JobQueueOptions): JobQueue => {
  const queue = new Queue(QUEUE_NAME, {
    connection: failingFast(redisUrl),
    prefix: keyPrefix(prefix),
    defaultJobOptions: {
      attempts,
      backoff: { type: 'fixed', delay: RETRY_MS },
      removeOnComplete: KEEP_COMPLETED,
      removeOnFail: KEEP_FAILED,
    },
  })
  let trouble: string | undefined
  const add = async ({ id, payload }: NewJob): Promise<void> => {
    try {
      await queueCall(() => queue.add(QUEUE_NAME, { sealed: seal(payload, id, sealingKey) }, { jobId: id }))
      trouble = undefined
    } catch (error) {
      trouble = error instanceof Error ? error.message : String(error)
      throw error
    }
  }
  // Without a listener Node ends the process; each call reports its own failure.
  queue.on('error', () => undefined)
  return {
    add,
    stateOf: (jobId) => queueCall(() => stateOf(queue, jobId)),
    remove: (jobId) =>
      queueCall(async () => {
        await queue.remove(jobId)
      }),
    depth: () =>
      queueCall(async () => {
        const counts = await queue.getJobCounts('waiting', 'prioritized', 'delayed', 'active', 'failed')
        const count = (name: string): number => counts[name] ?? 0
        return {
          waiting: count('waiting') + count('prioritized') + count('delayed'),
          active: count('active'),
          failed: count('failed'),
        }
      }),
    ping: () =>
      queueCall(async () => {
        await queue.getJobCountByTypes('active')
      }),
    trouble: () => trouble,
    close: () =>
      closeOrDrop(
        () => queue.close(),
        () => queue.disconnect(),
        CLOSE_MS_MAX,
      ),
  }
}

export interface FinishedJobHints {
  readonly close: () => Promise<void>
}

/** Calls `onHint` with the id of a job that seems to have finished. Hints can be late or lost: whoever needs to know asks. */
export const listenForFinishedJobs = (
  connection: QueueConnection,
  onHint: (jobId: string) => void,
): FinishedJobHints => {
  const events = new QueueEvents(QUEUE_NAME, {
    connection: patient(connection.redisUrl),
    prefix: keyPrefix(connection.prefix),
  })
  events.on('error', () => undefined)
  events.on('completed', ({ jobId }) => onHint(jobId))
  events.on('failed', ({ jobId }) => onHint(jobId))
  return {
    close: () =>
      closeOrDrop(
        () => events.close(),
        () => events.disconnect(),
        CLOSE_MS_MAX,
      ),
  }
}
