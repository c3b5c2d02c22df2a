import { type EnrichJob, jobIdOf } from '@baqylau/contracts'
import { createAdmission } from './admission.ts'
import type { EnrichmentQueue } from './ports.ts'
import type { DispatcherTelemetry } from './telemetry.ts'

interface InFlight {
  readonly job: EnrichJob
  readonly signal: AbortSignal
  readonly settle: PromiseWithResolvers<'done' | 'failed'>
  looking: boolean
  /** Somebody asked while an answer was under way, which may be older than what they know. */
  lookAgain: boolean
}

export interface QueuedJobs {
  /**
   * Adds a job and waits until it has finished, however often it has to be added again. Rejects with the signal's reason
   * when that is aborted: then the job is forgotten.
   */
  readonly outcomeOf: (job: EnrichJob, signal: AbortSignal) => Promise<'done' | 'failed'>
  /** A job seems to have finished: look now. */
  readonly hint: (jobId: string) => void
  /** Looks at every job: call it every few seconds, since hints get lost. */
  readonly checkAll: () => Promise<void>
  readonly count: () => number
}

/**
 * Follows jobs in the queue, which is never believed to remember: what is completed there is done, and what is absent is
 * added again.
 */
export const createQueuedJobs = (queue: EnrichmentQueue, telemetry: DispatcherTelemetry): QueuedJobs => {
  const jobs = new Map<string, InFlight>()
  const { admit, admitNow } = createAdmission(queue, telemetry)

  const lookOnce = async ({ job, signal, settle }: InFlight): Promise<void> => {
    try {
      const standing = await queue.standingOf(job)
      if (standing === 'absent') {
        telemetry.jobLost()
        await admitNow(job, signal)
      } else if (standing !== 'in_progress') settle.resolve(standing)
    } catch (error) {
      telemetry.queueFault(error)
    }
  }

  const look = async (entry: InFlight): Promise<void> => {
    entry.lookAgain = true
    if (entry.looking) return
    entry.looking = true
    while (entry.lookAgain && jobs.get(jobIdOf(entry.job)) === entry) {
      entry.lookAgain = false
      await lookOnce(entry)
    }
    entry.looking = false
  }

  const outcomeOf = async (job: EnrichJob, signal: AbortSignal): Promise<'done' | 'failed'> => {
    const id = jobIdOf(job)
    const entry: InFlight = { job, signal, settle: Promise.withResolvers(), looking: false, lookAgain: false }
    const abort = (): void => entry.settle.reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    try {
      await admit(job, signal)
      jobs.set(id, entry)
      // It may have been there already, and finished: then no hint comes.
      void look(entry)
      return await entry.settle.promise
    } finally {
      signal.removeEventListener('abort', abort)
      // After a rebalance the same job may be in flight again already, for a batch that came after this one.
      if (jobs.get(id) === entry) jobs.delete(id)
    }
  }

  return {
    outcomeOf,
    hint: (jobId) => {
      const entry = jobs.get(jobId)
      if (entry !== undefined) void look(entry)
    },
    checkAll: async () => {
      await Promise.all([...jobs.values()].map((entry) => look(entry)))
    },
    count: () => jobs.size,
  }
}
