import type { EnrichJob, EventDeadLettered } from '@baqylau/contracts'

export type JobStanding = 'done' | 'failed' | 'in_progress' | 'absent'

/** The queue of enrichment jobs. Every call throws AppError `queue_unavailable` while Redis is away. */
export interface EnrichmentQueue {
  /** Whether the queue has room for this job, whoever added those that are in it; and it has for one that is there already. */
  readonly hasRoomFor: (job: EnrichJob) => Promise<boolean>
  /** A job that is there already is not added again. */
  readonly add: (job: EnrichJob) => Promise<void>
  readonly standingOf: (job: EnrichJob) => Promise<JobStanding>
  readonly remove: (job: EnrichJob) => Promise<void>
}

export interface DeadLetterLog {
  /** Resolves when the broker has acknowledged. @throws AppError `log_unavailable`. */
  readonly append: (letters: readonly EventDeadLettered[]) => Promise<void>
}

export type Clock = () => Date
