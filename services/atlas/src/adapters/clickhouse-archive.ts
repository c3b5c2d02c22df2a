import type { ClickHouse } from '@baqylau/clickhouse'
import { VIEWS } from '@baqylau/contracts'
import type { ReportArchive } from '../ports.ts'
import { conditionsOf, regionColumn } from './clickhouse-conditions.ts'
import { readHistory } from './clickhouse-history.ts'
import { readOverview } from './clickhouse-overview.ts'
import { REPORT_COLUMNS, type ReportRow, storedReportOf } from './clickhouse-report.ts'

/** The views that atlas reads; readiness asks for each of their columns. */
const READ = ['akimat_daily', 'reports', 'current_reports', 'report_events'] as const

interface DailyRow {
  readonly code: string
  readonly day: string
  readonly kind: string
  readonly precision: string
  readonly total_reports: string
  readonly total_incidents: string
  readonly total_detained: string
  readonly total_seized: string
  readonly total_denials: string
}

const readDaily =
  (clickhouse: ClickHouse, settings: string): ReportArchive['daily'] =>
  async (filter, rowsMax) => {
    const { where, parameters } = conditionsOf(filter, ['period', 'region', 'kind', 'precision'])
    const rows = await clickhouse.query<DailyRow>(
      `SELECT ${regionColumn(filter.regions)} AS code, day, kind, precision,
         sum(reports) AS total_reports, sum(incidents) AS total_incidents, sum(people_detained) AS total_detained,
         sum(copies_seized) AS total_seized, sum(denials) AS total_denials
       FROM baqylau.akimat_daily ${where}
       GROUP BY code, day, kind, precision
       ORDER BY day, code, kind, precision
       LIMIT {rowsMax:UInt32} ${settings}`,
      { ...parameters, rowsMax },
    )
    return rows.map((row) => ({
      regionCode: row.code,
      day: row.day,
      kind: row.kind,
      precision: row.precision,
      reports: Number(row.total_reports),
      incidents: Number(row.total_incidents),
      peopleDetained: Number(row.total_detained),
      copiesSeized: Number(row.total_seized),
      denials: Number(row.total_denials),
    }))
  }

const readReports =
  (clickhouse: ClickHouse, settings: string): ReportArchive['reports'] =>
  async (filter, after, rowsMax) => {
    const all = ['period', 'region', 'kind', 'precision', 'stage', 'synthetic', 'confidentiality'] as const
    const { where, parameters } = conditionsOf(filter, all)
    const behind =
      after === undefined
        ? ''
        : `${where === '' ? 'WHERE' : 'AND'} (received_at < fromUnixTimestamp64Milli({receivedMs:Int64}, 'UTC')
             OR (received_at = fromUnixTimestamp64Milli({receivedMs:Int64}, 'UTC')
                 AND (report_id, author_mark) > ({reportId:UUID}, {authorMark:UInt64})))`
    const rows = await clickhouse.query<ReportRow>(
      `SELECT ${REPORT_COLUMNS} FROM baqylau.current_reports ${where} ${behind}
       ORDER BY received_at DESC, report_id, author_mark
       LIMIT {rowsMax:UInt32} ${settings}`,
      { ...parameters, ...after, rowsMax },
    )
    return rows.map(storedReportOf)
  }

interface StandingRow {
  readonly retracted: boolean
  readonly stage: number
  readonly region_code: string
  readonly day: string
}

/** From the tables beneath the views, by their keys: `reports` leaves retracted ones out, and joins what is not asked here. */
const readStanding =
  (clickhouse: ClickHouse, settings: string): ReportArchive['standing'] =>
  async (receiptHash) => {
    const [row] = await clickhouse.query<StandingRow>(
      `SELECT CAST(bitTest(version, 47), 'Bool') AS retracted,
         toUInt8(bitAnd(bitShiftRight(version, 14), 3)) AS stage, region_code, day
       FROM baqylau.report_states_store FINAL
       WHERE (report_id, author) IN (
         SELECT report_id, author FROM baqylau.report_events_store WHERE receipt_hash = {receiptHash:String}
       )
       LIMIT 1 ${settings}`,
      { receiptHash },
    )
    return row === undefined
      ? undefined
      : { retracted: row.retracted, stage: row.stage, regionCode: row.region_code, day: row.day }
  }

const readMissing = async (clickhouse: ClickHouse): Promise<string | undefined> => {
  const rows = await clickhouse.query<{ place: string }>(
    `SELECT concat(table, '.', name) AS place FROM system.columns
     WHERE database = 'baqylau' AND table IN ({views:Array(String)})`,
    { views: READ },
  )
  const there = new Set(rows.map(({ place }) => place))
  const asked = READ.flatMap((view) =>
    Object.keys(VIEWS[view].properties).map((column) => `${view}.${column}`),
  )
  const lacking = asked.filter((place) => !there.has(place))
  return lacking.length === 0
    ? undefined
    : `ClickHouse lacks ${lacking.slice(0, 3).join(', ')}${lacking.length > 3 ? ' …' : ''}: run "baqylau migrate"`
}

/** The archive in ClickHouse. `querySecondsMax` bounds each query. Values go as parameters, never into the SQL. */
export const openClickHouseArchive = (clickhouse: ClickHouse, querySecondsMax: number): ReportArchive => {
  const settings = `SETTINGS max_execution_time = ${querySecondsMax}`
  return {
    daily: readDaily(clickhouse, settings),
    reports: readReports(clickhouse, settings),
    history: readHistory(clickhouse, settings),
    standing: readStanding(clickhouse, settings),
    overview: readOverview(clickhouse, settings),
    missing: () => readMissing(clickhouse),
  }
}
