import type { EventDeadLettered, ReportEnriched } from '@baqylau/contracts'

export interface EnrichmentLog {
  /** Resolves when the broker has acknowledged them all. @throws AppError `log_unavailable` or `overloaded`: an outage. */
  readonly append: (
    enriched: readonly ReportEnriched[],
    deadLetters: readonly EventDeadLettered[],
  ) => Promise<void>
}

export type Clock = () => Date
