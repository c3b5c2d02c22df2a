import type { ClickHouse } from '@baqylau/clickhouse'
import type { LogPosition } from '@baqylau/contracts'
import { positionName } from '../domain/log-position.ts'
import { placeOf } from '../domain/log-stretch.ts'
import type { UnlandedRecord } from '../domain/rebuild-state.ts'
import { REBUILD_DATABASE } from './rebuild-database.ts'

/** Parameters go into the address of the request, which is not to be long. */
const ASKED_AT_ONCE = 100

/** The places of which a database holds a dead letter of the lander. */
const buriedAmong = async (
  clickhouse: ClickHouse,
  database: string,
  names: readonly string[],
): Promise<ReadonlySet<string>> => {
  const buried = new Set<string>()
  for (let at = 0; at < names.length; at += ASKED_AT_ONCE) {
    const rows = await clickhouse.query<{ name: string }>(
      `SELECT DISTINCT concat(topic, '/', toString(partition), '/', toString(offset)) AS name
       FROM ${database}.dead_letters_store WHERE step = 'lander' AND name IN {names:Array(String)}`,
      { names: names.slice(at, at + ASKED_AT_ONCE) },
    )
    for (const { name } of rows) buried.add(name)
  }
  return buried
}

/** Whether a database has a dead letter of the lander for each of these. */
export const areBuried = async (
  clickhouse: ClickHouse,
  database: string,
  positions: readonly LogPosition[],
): Promise<boolean> => {
  const names = new Set(positions.map((position) => positionName(position)))
  const buried = await buriedAmong(clickhouse, database, [...names])
  return buried.size === names.size
}

/**
 * Those of the records that gave no row, of which the log has no dead letter of the lander either, though it has committed them.
 * About what the lander has not committed it will decide itself.
 */
export const findUndecided = async (
  clickhouse: ClickHouse,
  unlanded: readonly UnlandedRecord[],
  decidedUpTo: ReadonlyMap<string, bigint>,
): Promise<readonly UnlandedRecord[]> => {
  const decided = unlanded.filter(
    ({ topic, partition, offset }) => BigInt(offset) < (decidedUpTo.get(placeOf(topic, partition)) ?? 0n),
  )
  if (decided.length === 0) return []
  const buried = await buriedAmong(
    clickhouse,
    REBUILD_DATABASE,
    decided.map((record) => positionName(record)),
  )
  return decided.filter((record) => !buried.has(positionName(record)))
}
