import type { Enrichment } from '../events/enrichment.ts'
import { EVENT_TYPES, type ReportEnriched, type ReportStated } from '../events/report-events.ts'
import { type ReportState, standingOf } from '../fold.ts'
import type { ReportRow } from '../rows.ts'
import { STAGES } from '../version.ts'
import { float32, instantText } from './column-values.ts'
import { detailsText } from './details-text.ts'

/** The word that stands for a stage in the views. */
export const STAGE_WORDS = {
  [STAGES.submitted]: 'submitted',
  [STAGES.enrichmentFailed]: 'enrichment_failed',
  [STAGES.enriched]: 'enriched',
} as const

type WholeEvent = ReportStated | ReportEnriched

const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)

/** What the sender said of what happened. */
const occurrenceColumns = ({ data: { report } }: WholeEvent) => ({
  kind: report.kind,
  occurred_from: report.occurred.from,
  occurred_to: stringOf(report.occurred.to),
  precision: report.occurred.precision,
  // The date as it was written, not converted to any time zone.
  day: report.occurred.from.slice(0, 10),
  reported_at: stringOf(report.reportedAt),
  details: detailsText(report.details),
  people_detained: numberOf(report.details['peopleDetained']),
  copies_seized: numberOf(report.details['copiesSeized']),
  votes_concerned: numberOf(report.details['votesConcerned']),
})

/** What the sender said of the report itself and of its source. */
const sourceColumns = ({ data: { report, personal } }: WholeEvent) => ({
  language: stringOf(report.language),
  channel: stringOf(report.channel),
  source_connection: stringOf(report.sourceConnection),
  reliability: stringOf(report.reliability),
  violation_status: stringOf(report.violationStatus),
  // A reporter who did not say is not public.
  confidentiality: report.confidentiality ?? 'restricted',
  consent: report.consent ?? null,
  synthetic: report.synthetic ?? false,
  stated_reason: stringOf(report.statedReason),
  legal_basis: [...(report.legalBasis ?? [])],
  evidence_count: personal.evidence?.length ?? 0,
})

const akimatColumns = (akimat: Enrichment['akimat'] | undefined) => ({
  region_code: stringOf(akimat?.regionCode),
  region_code_today: stringOf(akimat?.regionCodeToday),
  region_method: stringOf(akimat?.method),
  region_confidence: float32(akimat?.confidence ?? 0),
  region_reason: stringOf(akimat?.reason),
  region_candidates: [...(akimat?.candidates ?? [])],
})

const electionColumns = (election: Enrichment['election']) => ({
  election_id: stringOf(election?.id),
  days_to_election: election?.daysToElection ?? null,
  campaign_begun: election?.campaignBegun ?? null,
})

const addedColumns = (enrichment: Enrichment | null) => ({
  ...akimatColumns(enrichment?.akimat),
  ...electionColumns(enrichment?.election ?? null),
  huridocs: [...(enrichment?.huridocs ?? [])],
  odihr_area: stringOf(enrichment?.odihrArea),
  law_in_force: [...(enrichment?.lawInForce ?? [])],
  narrative_language: stringOf(enrichment?.narrativeLanguage),
})

const NOTHING_ADDED = { enrichment: null, failure: null }

/** What the enricher added, or why it could not. */
const enrichmentColumns = (event: WholeEvent) => {
  const { enrichment, failure } = event.type === EVENT_TYPES.enriched ? event.data : NOTHING_ADDED
  return {
    ...addedColumns(enrichment),
    failure_step: stringOf(failure?.step),
    failure_detail: stringOf(failure?.detail),
  }
}

/** What is shown of public reports alone; the narrative only redacted. */
const publicColumns = (event: WholeEvent) => {
  const { report, personal } = event.data
  if (report.confidentiality !== 'public') return { narrative: '', latitude: null, longitude: null }
  return {
    narrative: 'narrativeRedacted' in personal ? stringOf(personal.narrativeRedacted) : '',
    latitude: report.place?.lat ?? null,
    longitude: report.place?.lon ?? null,
  }
}

/**
 * The row of the view `reports` that a report's state must have there, as JSONEachRow shows it; undefined when the report
 * is taken back, and has none. The other account of what `infra/clickhouse/migrations` take out of an event.
 */
export const reportRowOf = (state: ReportState): ReportRow | undefined => {
  const { event, receivedAtMs, conflicting, contested } = state
  if (event.type === EVENT_TYPES.retracted) return undefined
  const { version, stage } = standingOf(event)
  return {
    report_id: event.subject.toLowerCase(),
    author: event.author,
    revision: event.revision,
    version: String(version),
    stage: STAGE_WORDS[stage],
    received_at: instantText(receivedAtMs),
    ...occurrenceColumns(event),
    ...sourceColumns(event),
    ...enrichmentColumns(event),
    ...publicColumns(event),
    content_hash: event.contenthash,
    receipt_hash: event.receipthash,
    event_id: event.id.toLowerCase(),
    contested,
    conflicting,
  }
}
