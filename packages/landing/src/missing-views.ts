import type { ClickHouse } from '@baqylau/clickhouse'

/** Every materialized view that the migrations leave: what lands passes through these, and without one is silently lost to it. */
export const LANDING_VIEWS = [
  'dead_letters_to_dead_letter_attempts',
  'landing_closings_to_dead_letters_closed',
  'landing_to_dead_letters',
  'landing_to_report_events',
  'landing_to_report_states',
  'report_events_to_report_received',
] as const

/** The materialized views that a database lacks. @throws AppError of `@baqylau/clickhouse`. */
export const missingViews = async (clickhouse: ClickHouse, database: string): Promise<readonly string[]> => {
  const rows = await clickhouse.query<{ readonly name: string }>(
    `SELECT name FROM system.tables WHERE database = '${database}' AND engine = 'MaterializedView'`,
  )
  const there = new Set(rows.map(({ name }) => name))
  return LANDING_VIEWS.filter((name) => !there.has(name))
}
