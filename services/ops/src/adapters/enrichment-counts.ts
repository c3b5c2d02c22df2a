import { type ClickHouse, DATABASE } from '@baqylau/clickhouse'

export interface EnrichmentCount {
  /** `submitted`, `enrichment_failed` or `enriched`. */
  readonly stage: string
  /** 0 of a report that is not enriched. */
  readonly enrichmentVersion: number
  readonly reports: number
}

/** How many reports stand at which stage, by which version of the enrichers. */
export const countEnrichments = async (clickhouse: ClickHouse): Promise<readonly EnrichmentCount[]> => {
  const rows = await clickhouse.query<{ stage: string; enrichment: number; n: string }>(
    `SELECT stage, toUInt16(bitAnd(version, 16383)) AS enrichment, count() AS n
     FROM ${DATABASE}.reports GROUP BY stage, enrichment ORDER BY stage, enrichment`,
  )
  return rows.map(({ stage, enrichment, n }) => ({
    stage,
    enrichmentVersion: enrichment,
    reports: Number(n),
  }))
}
