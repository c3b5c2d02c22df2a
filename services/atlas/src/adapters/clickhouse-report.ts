import type { CurrentReportRow } from '@baqylau/contracts'
import type { Static } from '@sinclair/typebox'
import type { StoredReport } from '../ports.ts'

/** `author_mark` is a UInt64, in decimal. */
export interface ReportRow extends Omit<Static<typeof CurrentReportRow>, 'author'> {
  readonly author_mark: string
}

/** Of author and id together: the same author has another mark on every report. */
export const AUTHOR_MARK = 'cityHash64(author, report_id) AS author_mark'

/** The columns that `storedReportOf` takes. */
export const REPORT_COLUMNS = [
  'report_id',
  'revision',
  'incident_id',
  'kind',
  'stage',
  'day',
  'occurred_from',
  'occurred_to',
  'precision',
  'received_at',
  'region_code',
  'region_code_today',
  'region_confidence',
  'region_reason',
  'language',
  'reliability',
  'source_connection',
  'violation_status',
  'confidentiality',
  'synthetic',
  'contested',
  'conflicting',
  'odihr_area',
  'huridocs',
  'law_in_force',
  'days_to_election',
  'campaign_begun',
  'narrative',
  'latitude',
  'longitude',
  'details',
  AUTHOR_MARK,
].join(', ')

/** '' stands for what was not said. */
export const said = (text: string): string | null => (text === '' ? null : text)

/** ClickHouse writes `2005-10-19 08:05:00.000`, in UTC. */
export const isoInstant = (text: string): string => `${text.replace(' ', 'T')}Z`

const placedColumns = (row: ReportRow) => ({
  regionCode: said(row.region_code),
  regionCodeToday: said(row.region_code_today),
  regionConfidence: row.region_confidence,
  regionReason: said(row.region_reason),
  latitude: row.latitude,
  longitude: row.longitude,
})

const codedColumns = (row: ReportRow) => ({
  language: said(row.language),
  reliability: said(row.reliability),
  sourceConnection: said(row.source_connection),
  violationStatus: said(row.violation_status),
  confidentiality: row.confidentiality,
  odihrArea: said(row.odihr_area),
  huridocs: row.huridocs,
  lawInForce: row.law_in_force,
  daysToElection: row.days_to_election,
  campaignBegun: row.campaign_begun,
})

const viewOf = (row: ReportRow): StoredReport['view'] => ({
  reportId: row.report_id,
  revision: row.revision,
  incidentId: row.incident_id,
  kind: row.kind,
  stage: row.stage,
  day: row.day,
  occurred: { from: row.occurred_from, to: said(row.occurred_to), precision: row.precision },
  receivedAt: isoInstant(row.received_at),
  synthetic: row.synthetic,
  contested: row.contested,
  conflicting: row.conflicting,
  narrative: said(row.narrative),
  details: (row.details === '' ? {} : JSON.parse(row.details)) as Record<string, unknown>,
  ...placedColumns(row),
  ...codedColumns(row),
})

export const storedReportOf = (row: ReportRow): StoredReport => ({
  view: viewOf(row),
  authorMark: row.author_mark,
})
