import type { EventDeadLettered, ReplayOrigin, ReportEnriched } from '@baqylau/contracts'

/** An enrichment, and where its report was given up before, if it is tried again: what lands of it closes that. */
export interface Enriched {
  readonly event: ReportEnriched
  readonly replayOf: ReplayOrigin | undefined
}

export interface EnrichmentLog {
  /** Resolves when the broker has acknowledged them all. @throws AppError `log_unavailable` or `overloaded`: an outage. */
  readonly append: (enriched: readonly Enriched[], deadLetters: readonly EventDeadLettered[]) => Promise<void>
}

export type Clock = () => Date
