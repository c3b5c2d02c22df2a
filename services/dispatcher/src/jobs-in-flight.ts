import { AppError, type EnrichJob, jobIdOf } from '@baqylau/contracts'
import { untilItPasses } from '@baqylau/service-kit'
import { splitJob } from './domain/plan-jobs.ts'
import type { EnrichmentQueue } from './ports.ts'
import { createQueuedJobs, type QueuedJobs } from './queued-jobs.ts'
import type { DispatcherTelemetry } from './telemetry.ts'

export interface JobsInFlight extends Pick<QueuedJobs, 'hint' | 'checkAll' | 'count'> {
  /**
   * Resolves when the enrichment of every event of the job is in the log. Rejects with the signal's reason when that is
   * aborted: then the job is forgotten.
   */
  readonly run: (job: EnrichJob, signal: AbortSignal) => Promise<void>
  /** Undefined, or which jobs fail for a reason that is not their report's. */
  readonly trouble: () => string | undefined
}

/** Has jobs done: what failed is removed, and tried event by event; a single event is tried until it is enriched. */
export const createJobsInFlight = (queue: EnrichmentQueue, telemetry: DispatcherTelemetry): JobsInFlight => {
  const { outcomeOf, hint, checkAll, count } = createQueuedJobs(queue, telemetry)
  const stuck = new Set<string>()

  /** What is done needs no room in Redis any more. If this fails, the queue drops it by itself after a while. */
  const forget = (job: EnrichJob): void => {
    queue.remove(job).catch((error: unknown) => telemetry.queueFault(error))
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
    hint,
    checkAll,
    count,
    trouble: () =>
      stuck.size === 0 ? undefined : `jobs fail again and again: ${[...stuck].slice(0, 3).join(', ')}`,
  }
}
