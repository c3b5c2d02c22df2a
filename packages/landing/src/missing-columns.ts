import type { ClickHouse } from '@baqylau/clickhouse'

/**
 * Columns that a materialized view has and its table lacks, as `table.column`. ClickHouse leaves such a column out without a
 * word, and would go on taking rows. Views are named for what they fill: `landing_to_reports` fills `reports_store`.
 * @throws AppError of `@baqylau/clickhouse`.
 */
export const missingColumns = async (
  clickhouse: ClickHouse,
  database: string,
): Promise<readonly string[]> => {
  const rows = await clickhouse.query<{ readonly lacking: string }>(
    `WITH concat(extract(table, '_to_(.+)$'), '_store') AS store
     SELECT concat(store, '.', name) AS lacking
     FROM system.columns
     WHERE database = '${database}' AND table LIKE '%\\_to\\_%'
       AND store IN (SELECT name FROM system.tables WHERE database = '${database}')
       AND (store, name) NOT IN (SELECT table, name FROM system.columns WHERE database = '${database}')
     ORDER BY lacking`,
  )
  return rows.map(({ lacking }) => lacking)
}
