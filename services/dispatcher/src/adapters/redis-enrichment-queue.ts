import { type EnrichJob, encodeJob, jobDigestOf, jobIdOf } from '@baqylau/contracts'
import type { JobQueue } from '@baqylau/queue'
import type { ProgressWatch } from '@baqylau/service-kit'
import type { EnrichmentQueue, JobStanding } from '../ports.ts'

/**
 * The queue of enrichment jobs on Redis, with at most `jobsMax` unfinished ones. A completed job counts only when it was of
 * these very events. An answer, or none in time, is a sign of life: what takes long is the enrichers' work, not this.
 */
export const redisEnrichmentQueue = (
  queue: JobQueue,
  jobsMax: number,
  { during }: Pick<ProgressWatch, 'during'>,
): EnrichmentQueue => {
  const standingOf = async (job: EnrichJob): Promise<JobStanding> => {
    const id = jobIdOf(job)
    const state = await queue.stateOf(id)
    if (state.state !== 'completed') return state.state
    if (state.result === jobDigestOf(job)) return 'done'
    await queue.remove(id)
    return 'absent'
  }
  const hasRoomFor = async (job: EnrichJob): Promise<boolean> => {
    const { waiting, active } = await queue.depth()
    return waiting + active < jobsMax || (await queue.stateOf(jobIdOf(job))).state !== 'absent'
  }
  return {
    hasRoomFor: (job) => during(hasRoomFor(job)),
    add: (job) => during(queue.add({ id: jobIdOf(job), payload: encodeJob(job) })),
    standingOf: (job) => during(standingOf(job)),
    remove: (job) => during(queue.remove(jobIdOf(job))),
  }
}
