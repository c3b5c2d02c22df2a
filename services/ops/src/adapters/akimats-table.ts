import { type ClickHouse, DATABASE } from '@baqylau/clickhouse'
import type { AkimatRow } from '../domain/akimat-rows.ts'

const removeStale = async (
  clickhouse: ClickHouse,
  rows: readonly AkimatRow[],
  database: string,
): Promise<void> => {
  // Codes and days of our own registry: nothing in them needs escaping.
  const kept = rows.map(({ code, valid_from: from }) => `('${code}', '${from}')`).join(', ')
  const isStale = `(toString(code), toString(valid_from)) NOT IN (${kept})`
  const [stale] = await clickhouse.query<{ n: string }>(
    `SELECT count() AS n FROM ${database}.akimats_store WHERE ${isStale}`,
  )
  if (Number(stale?.n) > 0) await clickhouse.command(`DELETE FROM ${database}.akimats_store WHERE ${isStale}`)
}

/**
 * Makes the table equal to the registry: rows replace those of the same akimat and day, and what the registry no longer
 * has is removed. Doing it again changes nothing. Names are never missing meanwhile.
 */
export const fillAkimats = async (
  clickhouse: ClickHouse,
  rows: readonly AkimatRow[],
  database = DATABASE,
): Promise<void> => {
  await clickhouse.insert(
    `INSERT INTO ${database}.akimats_store (code, valid_from, valid_to, name_kk, name_ru, name_en) FORMAT JSONEachRow`,
    Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')),
  )
  await removeStale(clickhouse, rows, database)
}
