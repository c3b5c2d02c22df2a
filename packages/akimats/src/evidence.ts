import type { AkimatCode } from './akimat.ts'
import type { UnresolvedReason } from './place-query.ts'

/** What the text, or the coordinates, say alone. */
export type Evidence =
  | { readonly kind: 'none' }
  | { readonly kind: 'foreign' }
  | {
      readonly kind: 'unresolved'
      readonly reason: Extract<UnresolvedReason, 'ambiguous' | 'conflicting_evidence'>
      readonly candidates: readonly AkimatCode[]
    }
  | {
      readonly kind: 'resolved'
      readonly code: AkimatCode
      readonly codeToday: AkimatCode | null
      readonly settlement: string | null
      readonly method: 'coordinates' | 'settlement' | 'region_name'
      readonly confidence: number
    }

/** An ordering of how good evidence is, in one place so that it can be calibrated. */
export const confidence = {
  settlementInNamedRegion: 0.98,
  settlement: 0.95,
  region: 0.9,
  district: 0.85,
  largestOfHomonyms: 0.75,
  near: 0.75,
  weakName: 0.6,
  inPolygon: 0.95,
  nearSettlementAtBorder: 0.75,
  inPolygonAtBorder: 0.6,
  textAndCoordinates: 0.99,
  textBesideCoordinates: 0.8,
  coordinatesChooseAmongHomonyms: 0.9,
} as const
