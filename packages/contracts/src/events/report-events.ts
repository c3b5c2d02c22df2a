import { type Static, Type } from '@sinclair/typebox'
import { NARRATIVE_LENGTH_MAX } from '../report/report.ts'
import { Text } from '../formats.ts'
import { type OpenPart, PersonalPart } from '../report/personal.ts'
import { ENRICHMENT_VERSION_MAX } from '../version.ts'
import { Enrichment, EnrichmentFailure } from './enrichment.ts'
import { eventOf, Sealing } from './envelope.ts'

export const EVENT_TYPES = {
  submitted: 'kz.baqylau.report.submitted.v1',
  amended: 'kz.baqylau.report.amended.v1',
  retracted: 'kz.baqylau.report.retracted.v1',
  enriched: 'kz.baqylau.report.enriched.v1',
} as const

/** Checked as a whole report, joined with its personal part, by `readReportEvent`: which members are open depends on it. */
const Open = Type.Unsafe<OpenPart>(
  Type.Object({}, { title: 'OpenPart', description: 'A report less its personal part' }),
)
const closed = { additionalProperties: false } as const

const WholeReport = Type.Object({ report: Open, personal: PersonalPart, sealing: Sealing }, closed)

/** Revision 1 of a report, whole. */
export const ReportSubmitted = eventOf(EVENT_TYPES.submitted, WholeReport, {})
/** A later revision of a report, whole. */
export const ReportAmended = eventOf(EVENT_TYPES.amended, WholeReport, {})

/** A revision that takes the report back; a later amendment reinstates it. */
export const ReportRetracted = eventOf(
  EVENT_TYPES.retracted,
  Type.Object({ personal: Type.Object({ reason: Text(2000) }, closed), sealing: Sealing }, closed),
  {},
)

const PersonalPartEnriched = Type.Object(
  { ...PersonalPart.properties, narrativeRedacted: Type.Optional(Text(NARRATIVE_LENGTH_MAX * 2)) },
  { additionalProperties: false, title: 'PersonalPartEnriched' },
)
export type PersonalPartEnriched = Static<typeof PersonalPartEnriched>

/** A report, whole, with what the enricher added, or with why it could not. */
export const ReportEnriched = eventOf(
  EVENT_TYPES.enriched,
  Type.Object(
    {
      report: Open,
      personal: PersonalPartEnriched,
      sealing: Sealing,
      enrichment: Type.Union([Enrichment, Type.Null()]),
      failure: Type.Union([EnrichmentFailure, Type.Null()]),
    },
    closed,
  ),
  { enrichmentversion: Type.Integer({ minimum: 0, maximum: ENRICHMENT_VERSION_MAX }) },
)

export type ReportSubmitted = Static<typeof ReportSubmitted>
export type ReportAmended = Static<typeof ReportAmended>
export type ReportRetracted = Static<typeof ReportRetracted>
export type ReportEnriched = Static<typeof ReportEnriched>

/** An event that carries a whole report, as somebody sent it. */
export type ReportStated = ReportSubmitted | ReportAmended
export type ReportEvent = ReportStated | ReportRetracted | ReportEnriched
