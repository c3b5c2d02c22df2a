import { type ClickHouse, DATABASE } from '@baqylau/clickhouse'
import type { RebuiltStore } from '../domain/rebuild-state.ts'
import { REBUILD_DATABASE } from './rebuild-database.ts'

/** A table that keeps rows, in both databases: its UUIDs tell which of the two is which, whatever its name is now. */
export interface StorePair {
  readonly store: string
  readonly engine: string
  readonly live: string
  readonly rebuilt: string
}

/** The tables to be swapped: those of the migrations that keep rows end in `_store`. */
export const storePairs = (clickhouse: ClickHouse): Promise<readonly StorePair[]> =>
  clickhouse.query<StorePair>(
    `SELECT name AS store, any(engine) AS engine,
       anyIf(toString(uuid), database = '${DATABASE}') AS live,
       anyIf(toString(uuid), database = '${REBUILD_DATABASE}') AS rebuilt
     FROM system.tables
     WHERE database IN ('${DATABASE}', '${REBUILD_DATABASE}') AND endsWith(name, '_store')
     GROUP BY name HAVING count() = 2 ORDER BY name`,
  )

/** The stores that are not in their places yet: `rebuilt` are the UUIDs of the tables that belong there. */
export const pendingExchanges = async (
  clickhouse: ClickHouse,
  rebuilt: ReadonlySet<string>,
): Promise<readonly string[]> =>
  (await storePairs(clickhouse)).filter(({ live }) => !rebuilt.has(live)).map(({ store }) => store)

/** Atomic: a query sees the one table or the other. Done twice it is undone: so look before whether it is pending. */
export const exchangeStore = (clickhouse: ClickHouse, store: string): Promise<void> =>
  clickhouse.command(`EXCHANGE TABLES ${DATABASE}.${store} AND ${REBUILD_DATABASE}.${store}`)

const rowsOf = async (clickhouse: ClickHouse, database: string, pair: StorePair): Promise<number> => {
  const final = pair.engine === 'MergeTree' ? '' : 'FINAL'
  const [row] = await clickhouse.query<{ n: string }>(
    `SELECT count() AS n FROM ${database}.${pair.store} ${final}`,
  )
  return Number(row?.n)
}

/** The rows of every store, duplicates left out: of the live one, and of the one that is to take its place. */
export const countStores = async (
  clickhouse: ClickHouse,
  pairs: readonly StorePair[],
): Promise<readonly RebuiltStore[]> => {
  const counts: RebuiltStore[] = []
  for (const pair of pairs) {
    const rowsBefore = await rowsOf(clickhouse, DATABASE, pair)
    const rowsAfter = await rowsOf(clickhouse, REBUILD_DATABASE, pair)
    counts.push({ store: pair.store, uuid: pair.rebuilt, rowsBefore, rowsAfter })
  }
  return counts
}

type EventCounts = ReadonlyMap<string, number>

const countEvents = async (clickhouse: ClickHouse, database: string): Promise<EventCounts> => {
  const rows = await clickhouse.query<{ place: string; n: string }>(
    `SELECT concat(topic, '/', toString(partition)) AS place, count() AS n
     FROM ${database}.report_events_store FINAL GROUP BY topic, partition`,
  )
  return new Map(rows.map(({ place, n }) => [place, Number(n)]))
}

export interface MissingEvents {
  /** A partition, as `topic/partition`. */
  readonly place: string
  readonly missing: number
}

/**
 * Partitions of which the live tables hold more events than the rebuilt ones. The live ones are counted first, so that an
 * event that lands meanwhile is missed in neither.
 */
export const findMissingEvents = async (clickhouse: ClickHouse): Promise<readonly MissingEvents[]> => {
  const live = await countEvents(clickhouse, DATABASE)
  const rebuilt = await countEvents(clickhouse, REBUILD_DATABASE)
  return [...live]
    .map(([place, count]) => ({ place, missing: count - (rebuilt.get(place) ?? 0) }))
    .filter(({ missing }) => missing > 0)
}
