import { type Static, Type } from '@sinclair/typebox'
import { Line, OneOf } from '../formats.ts'
import { LANGUAGES } from '../report/vocabulary.ts'

/** The areas of ODIHR's election observation (OSCE/ODIHR Election Observation Handbook). */
export const ODIHR_AREAS = [
  'legal_framework',
  'election_administration',
  'candidate_registration',
  'campaign',
  'media',
  'complaints_and_appeals',
  'minorities',
  'women',
  'observers',
  'voting',
  'counting',
  'tabulation',
] as const

/** Why a place has no akimat: several are possible, it is abroad, nothing in it is known, or text and coordinates disagree. */
export const UNRESOLVED_REASONS = [
  'ambiguous',
  'foreign',
  'nothing_recognised',
  'conflicting_evidence',
] as const
export const RESOLUTION_METHODS = [
  'coordinates',
  'settlement',
  'region_name',
  'text_and_coordinates',
] as const

/** ISO 3166-2:KZ, numeric: KZ-75. */
export const RegionCode = Type.String({ pattern: '^[A-Z]{2}-[0-9A-Z]{1,3}$', maxLength: 6 })

const AkimatOfReport = Type.Object(
  {
    /** The akimat in whose territory the place was on that day. */
    regionCode: Type.Union([RegionCode, Type.Null()]),
    /** The akimat in whose territory the place is today. */
    regionCodeToday: Type.Union([RegionCode, Type.Null()]),
    method: Type.Union([OneOf(RESOLUTION_METHODS), Type.Null()]),
    confidence: Type.Number({ minimum: 0, maximum: 1 }),
    reason: Type.Union([OneOf(UNRESOLVED_REASONS), Type.Null()]),
    candidates: Type.Array(RegionCode, { maxItems: 20 }),
  },
  { additionalProperties: false },
)

const Election = Type.Object(
  {
    id: Line(40),
    /** Days from the day of the occurrence to election day; negative afterwards. */
    daysToElection: Type.Integer({ minimum: -40_000, maximum: 40_000 }),
    campaignBegun: Type.Boolean(),
  },
  { additionalProperties: false },
)

/** What the enricher added to a report. */
export const Enrichment = Type.Object(
  {
    /** The day of the occurrence, as written in `occurred.from`, not converted: YYYY-MM-DD. */
    day: Type.String({ format: 'date', maxLength: 10 }),
    akimat: AkimatOfReport,
    /** Act codes of HURIDOCS' micro-thesaurus 4 (`local:` codes where it has none). */
    huridocs: Type.Array(Line(40), { maxItems: 10 }),
    odihrArea: OneOf(ODIHR_AREAS),
    /** Acts in force on that day that bear on this kind of report. */
    lawInForce: Type.Array(Line(200), { maxItems: 20 }),
    election: Type.Union([Election, Type.Null()]),
    narrativeLanguage: Type.Union([OneOf(LANGUAGES), Type.Null()]),
  },
  { additionalProperties: false, title: 'Enrichment' },
)
export type Enrichment = Static<typeof Enrichment>

/** Why there is no enrichment: the step that failed, and what it said (never personal data). */
export const EnrichmentFailure = Type.Object(
  { step: Line(60), detail: Line(500) },
  { additionalProperties: false, title: 'EnrichmentFailure' },
)
export type EnrichmentFailure = Static<typeof EnrichmentFailure>
