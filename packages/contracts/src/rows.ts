import { type Static, type TSchema, Type } from '@sinclair/typebox'

/** A column of a view: its ClickHouse type, and how JSONEachRow shows a value of it (UInt64 as a string). */
const column = <Schema extends TSchema>(clickhouse: string, schema: Schema): Schema => ({
  ...schema,
  clickhouse,
})

const word = column('LowCardinality(String)', Type.String())
const text = column('String', Type.String())
const uuid = column('UUID', Type.String())
const day = column('Date32', Type.String())
const instant = column("DateTime64(3, 'UTC')", Type.String())
const words = column('Array(String)', Type.Array(Type.String()))
const flag = column('Bool', Type.Boolean())
const uint16 = column('UInt16', Type.Integer())
const uint32 = column('UInt32', Type.Integer())
const uint64 = column('UInt64', Type.String())
const total = column('UInt64', Type.String())
const float32 = column('Float32', Type.Number())
const maybeUint32 = column('Nullable(UInt32)', Type.Union([Type.Integer(), Type.Null()]))
const maybeInt32 = column('Nullable(Int32)', Type.Union([Type.Integer(), Type.Null()]))
const maybeFlag = column('Nullable(Bool)', Type.Union([Type.Boolean(), Type.Null()]))
const maybeFloat64 = column('Nullable(Float64)', Type.Union([Type.Number(), Type.Null()]))

/** Events as landed: one row per position in the log, however often it is landed. */
export const ReportEventRow = Type.Object({
  topic: word,
  partition: uint32,
  offset: uint64,
  event_id: uuid,
  type: word,
  time: instant,
  report_id: uuid,
  author: text,
  revision: uint16,
  content_hash: text,
  receipt_hash: text,
  key_id: word,
  stage: word,
  retracted: flag,
  enrichment_version: uint16,
  version: uint64,
  landed_at: instant,
})
export type ReportEventRow = Static<typeof ReportEventRow>

const statedColumns = {
  report_id: uuid,
  author: text,
  revision: uint16,
  version: uint64,
  stage: word,
  received_at: instant,
  kind: word,
  occurred_from: text,
  occurred_to: text,
  precision: word,
  day,
  reported_at: text,
  language: word,
  channel: word,
  source_connection: word,
  reliability: word,
  violation_status: word,
  confidentiality: word,
  consent: maybeFlag,
  synthetic: flag,
  stated_reason: text,
  legal_basis: words,
  evidence_count: column('UInt8', Type.Integer()),
  details: text,
  people_detained: maybeUint32,
  copies_seized: maybeUint32,
  votes_concerned: maybeUint32,
} as const

const enrichedColumns = {
  region_code: word,
  region_code_today: word,
  region_method: word,
  region_confidence: float32,
  region_reason: word,
  region_candidates: words,
  huridocs: words,
  odihr_area: word,
  law_in_force: words,
  election_id: word,
  days_to_election: maybeInt32,
  campaign_begun: maybeFlag,
  narrative_language: word,
  narrative: text,
  latitude: maybeFloat64,
  longitude: maybeFloat64,
  failure_step: word,
  failure_detail: text,
} as const

const flagColumns = { contested: flag, conflicting: flag } as const

/** One row per report (id and author) as it stands, retracted ones left out. '' stands for what was not said. */
export const ReportRow = Type.Object({
  ...statedColumns,
  ...enrichedColumns,
  content_hash: text,
  receipt_hash: text,
  event_id: uuid,
  ...flagColumns,
})
export type ReportRow = Static<typeof ReportRow>

const akimatNames = { akimat_kk: text, akimat_ru: text, akimat_en: text } as const
const akimatNamesToday = { akimat_today_kk: text, akimat_today_ru: text, akimat_today_en: text } as const

/** What analysts use: `reports` with incident and akimat names. */
export const CurrentReportRow = Type.Object({
  ...statedColumns,
  ...enrichedColumns,
  ...flagColumns,
  incident_id: uuid,
  ...akimatNames,
  ...akimatNamesToday,
})

export const ReportLinkRow = Type.Object({
  report_id: uuid,
  author: text,
  incident_id: uuid,
  version: uint64,
})

/** One row per incident. Until reports are linked, every report is its own incident. */
export const IncidentRow = Type.Object({
  incident_id: uuid,
  kind: word,
  region_code: word,
  region_code_today: word,
  first_seen: day,
  last_seen: day,
  precision: word,
  reports: total,
  sources: total,
  region_confidence: float32,
  people_detained: maybeUint32,
  copies_seized: maybeUint32,
})
export type IncidentRow = Static<typeof IncidentRow>

/** Sums over days and akimats are right: an incident counts once, on its first day, at its best location. */
export const AkimatDailyRow = Type.Object({
  region_code: word,
  region_code_today: word,
  day,
  kind: word,
  precision: word,
  reports: total,
  incidents: total,
  people_detained: total,
  copies_seized: total,
  denials: total,
})
export type AkimatDailyRow = Static<typeof AkimatDailyRow>

export const DeadLetterRow = Type.Object({
  step: word,
  topic: word,
  partition: uint32,
  offset: uint64,
  reason: word,
  detail: text,
  attempts: uint32,
  first_at: instant,
  last_at: instant,
  replayed: flag,
})

/** The views that are the analysts' interface, with their columns in order. */
export const VIEWS = {
  report_events: ReportEventRow,
  reports: ReportRow,
  report_links: ReportLinkRow,
  current_reports: CurrentReportRow,
  incidents: IncidentRow,
  akimat_daily: AkimatDailyRow,
  dead_letters: DeadLetterRow,
} as const
