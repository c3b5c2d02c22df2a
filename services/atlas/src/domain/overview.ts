import type { Kind } from '@baqylau/contracts'

/** What was counted for an akimat and a kind. */
export interface AkimatKindCounts {
  /** '' for what was not placed. */
  readonly regionCode: string
  readonly kind: Kind
  readonly reports: number
  readonly incidents: number
  readonly peopleDetained: number
  readonly copiesSeized: number
}

/** What was counted for a day; `approximate` are those of which only the month, or less, is known. */
export interface DayCounts {
  readonly day: string
  readonly exact: number
  readonly approximate: number
}

/** The sums of the dashboard: two cuts through the same reports, and what to know before believing them. */
export interface Overview {
  readonly akimats: readonly AkimatKindCounts[]
  readonly days: readonly DayCounts[]
  readonly synthetic: number
  readonly awaitingEnrichment: number
  readonly enrichmentFailed: number
}
