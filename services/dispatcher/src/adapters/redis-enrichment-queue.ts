import { encodeJob, jobDigestOf, jobIdOf } from '@baqylau/contracts'
import type { JobQueue } from '@baqylau/queue'
import type { EnrichmentQueue } from '../ports.ts'

/** The queue of enrichment jobs on Redis. A completed job counts only when it was of these very events. */
export const redisEnrichmentQueue = (queue: JobQueue): EnrichmentQueue => ({
  add: (job) => queue.add({ id: jobIdOf(job), payload: encodeJob(job) }),
  standingOf: async (job) => {
    const id = jobIdOf(job)
    const state = await queue.stateOf(id)
    if (state.state !== 'completed') return state.state
    if (state.result === jobDigestOf(job)) return 'done'
    await queue.remove(id)
    return 'absent'
  },
  remove: (job) => queue.remove(jobIdOf(job)),
})
