import type { AkimatCode } from './akimat.ts'

/** What a report says of its place. Coordinates are WGS 84 degrees; `date` (`YYYY-MM-DD`) is the day it happened. */
export interface PlaceQuery {
  readonly text?: string | undefined
  readonly lat?: number | undefined
  readonly lon?: number | undefined
  readonly accuracyMetres?: number | undefined
  readonly date: string
}

export type ResolutionMethod = 'coordinates' | 'settlement' | 'region_name' | 'text_and_coordinates'

export type UnresolvedReason = 'ambiguous' | 'foreign' | 'nothing_recognised' | 'conflicting_evidence'

/**
 * Where a place is. Either `regionCode` is set and `reason` is null, or the other way round: the resolver abstains
 * rather than guess.
 */
export interface Resolution {
  /** The akimat in whose territory the place was on the day. */
  readonly regionCode: AkimatCode | null
  /** The akimat of today; null also when the region has since been split and the place within it is not known. */
  readonly regionCodeToday: AkimatCode | null
  /** The settlement named, or the nearest one, by its name in the gazetteer (romanised). */
  readonly settlement: string | null
  readonly method: ResolutionMethod | null
  /** 0 to 1; an ordering of how good the evidence is, not a frequency. */
  readonly confidence: number
  readonly reason: UnresolvedReason | null
  /** The akimats of the day that an unresolved place may be in. */
  readonly candidates: readonly AkimatCode[]
}
