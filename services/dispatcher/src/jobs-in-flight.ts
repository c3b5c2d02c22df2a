import { AppError, type EnrichJob, jobIdOf } from '@baqylau/contracts'
import { untilItPasses } from '@baqylau/service-kit'
import { splitJob } from './domain/plan-jobs.ts'
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

export interface JobsInFlight {
  /**
   * Resolves when the enrichment of every event of the job is in the log, however often the job has to be added again.
   * Rejects with the signal's reason when that is aborted: then the job is forgotten.
   */
  readonly run: (job: EnrichJob, signal: AbortSignal) => Promise<void>
  /** A job seems to have finished: look now. */
  readonly hint: (jobId: string) => void
  /** Looks at every job in flight: call it every few seconds, since hints get lost. */
  readonly checkAll: () => Promise<void>
  readonly count: () => number
  /** Undefined, or which jobs fail for a reason that is not their report's. */
  readonly trouble: () => string | undefined
}

/**
 * Follows the jobs that are in the queue. The queue is never believed to remember: what is completed there is done, what is
 * absent is added again, what failed is removed and tried event by event.
 */
export const createJobsInFlight = (queue: EnrichmentQueue, telemetry: DispatcherTelemetry): JobsInFlight => {
  const jobs = new Map<string, InFlight>()
  const stuck = new Set<string>()

  const lookOnce = async ({ job, settle }: InFlight): Promise<void> => {
    try {
      const standing = await queue.standingOf(job)
      if (standing === 'absent') {
        telemetry.jobLost()
        await queue.add(job)
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

  /** What is done needs no room in Redis any more. If this fails, the queue drops it by itself after a while. */
  const forget = (job: EnrichJob): void => {
    queue.remove(job).catch((error: unknown) => telemetry.queueFault(error))
  }

  const outcomeOf = async (job: EnrichJob, signal: AbortSignal): Promise<'done' | 'failed'> => {
    const id = jobIdOf(job)
    const entry: InFlight = { job, signal, settle: Promise.withResolvers(), looking: false, lookAgain: false }
    const abort = (): void => entry.settle.reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    jobs.set(id, entry)
    try {
      await untilItPasses(() => queue.add(job), { signal, onFault: telemetry.queueFault })
      // It may have been there already, and finished: then no hint comes.
      void look(entry)
      return await entry.settle.promise
    } finally {
      signal.removeEventListener('abort', abort)
      // After a rebalance the same job may be in flight again already, for a batch that came after this one.
      if (jobs.get(id) === entry) jobs.delete(id)
    }
  }

  const attempt = async (job: EnrichJob, signal: AbortSignal): Promise<'done' | 'failed'> => {
    const outcome = await outcomeOf(job, signal)
    if (outcome === 'done') forget(job)
    else await untilItPasses(() => queue.remove(job), { signal, onFault: telemetry.queueFault })
    return outcome
  }

  /**
   * A report on which a step fails is given up by the enricher itself. So when the job of a single one fails, something else
   * is wrong (another secret, an older enricher), and it is tried until that is mended.
   */
  const runAlone = async (job: EnrichJob, signal: AbortSignal): Promise<void> => {
    const id = jobIdOf(job)
    try {
      await untilItPasses(
        async () => {
          if ((await attempt(job, signal)) === 'done') return
          stuck.add(id)
          throw new AppError(
            'job_failed',
            `the job ${id} of a single report fails: is SECRET_FILE the same everywhere, and every enricher up to date?`,
          )
        },
        { signal, onFault: telemetry.jobStuck },
      )
    } finally {
      stuck.delete(id)
    }
  }

  const run = async (job: EnrichJob, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted()
    if (job.records.length === 1) return runAlone(job, signal)
    if ((await attempt(job, signal)) === 'done') return
    telemetry.jobFailed(job)
    // One after the other: a job that failed takes no more room in the queue than one that did not.
    for (const part of splitJob(job)) await runAlone(part, signal)
  }

  return {
    run,
    hint: (jobId) => {
      const entry = jobs.get(jobId)
      if (entry !== undefined) void look(entry)
    },
    checkAll: async () => {
      await Promise.all([...jobs.values()].map((entry) => look(entry)))
    },
    count: () => jobs.size,
    trouble: () =>
      stuck.size === 0 ? undefined : `jobs fail again and again: ${[...stuck].slice(0, 3).join(', ')}`,
  }
}
