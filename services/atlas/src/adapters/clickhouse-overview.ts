import type { ClickHouse } from '@baqylau/clickhouse'
import type { Kind } from '@baqylau/contracts'
import type { Overview } from '../domain/overview.ts'
import type { ReportArchive } from '../ports.ts'
import { conditionsOf, regionColumn } from './clickhouse-conditions.ts'

interface CutRow {
  readonly by_day: boolean
  readonly code: string
  readonly kind: Kind
  readonly day: string
  readonly total_reports: string
  readonly total_approximate: string
  readonly total_incidents: string
  readonly total_detained: string
  readonly total_seized: string
}

interface CaveatsRow {
  readonly synthetic_reports: string
  readonly awaiting: string
  readonly failed: string
}

/** Both cuts in one query, so that they are cuts through the same state: their sums agree. */
const cutsSql = (region: string, where: string, settings: string): string =>
  `SELECT CAST(grouping(kind), 'Bool') AS by_day, ${region} AS code, kind, day,
     sum(reports) AS total_reports, sumIf(reports, precision IN ('month', 'approximate')) AS total_approximate,
     sum(incidents) AS total_incidents, sum(people_detained) AS total_detained, sum(copies_seized) AS total_seized
   FROM baqylau.akimat_daily ${where}
   GROUP BY GROUPING SETS ((code, kind), (day))
   ORDER BY code, kind, day ${settings}`

const caveatsSql = (where: string, settings: string): string =>
  `SELECT countIf(synthetic) AS synthetic_reports, countIf(stage = 'submitted') AS awaiting,
     countIf(stage = 'enrichment_failed') AS failed
   FROM baqylau.reports ${where} ${settings}`

const overviewOf = (cuts: readonly CutRow[], caveats: CaveatsRow | undefined): Overview => ({
  akimats: cuts
    .filter(({ by_day: byDay }) => !byDay)
    .map((row) => ({
      regionCode: row.code,
      kind: row.kind,
      reports: Number(row.total_reports),
      incidents: Number(row.total_incidents),
      peopleDetained: Number(row.total_detained),
      copiesSeized: Number(row.total_seized),
    })),
  days: cuts
    .filter(({ by_day: byDay }) => byDay)
    .map((row) => ({
      day: row.day,
      exact: Number(row.total_reports) - Number(row.total_approximate),
      approximate: Number(row.total_approximate),
    })),
  synthetic: Number(caveats?.synthetic_reports ?? 0),
  awaitingEnrichment: Number(caveats?.awaiting ?? 0),
  enrichmentFailed: Number(caveats?.failed ?? 0),
})

export const readOverview =
  (clickhouse: ClickHouse, settings: string): ReportArchive['overview'] =>
  async (filter) => {
    const { where, parameters } = conditionsOf(filter, ['period', 'region', 'kind', 'precision'])
    const [cuts, caveats] = await Promise.all([
      clickhouse.query<CutRow>(cutsSql(regionColumn(filter.regions), where, settings), parameters),
      clickhouse.query<CaveatsRow>(caveatsSql(where, settings), parameters),
    ])
    return overviewOf(cuts, caveats[0])
  }
