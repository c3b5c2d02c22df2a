import { akimats } from '@baqylau/akimats'
import { appliedMigrations, type ClickHouse, DATABASE, migrate, pendingMigrations } from '@baqylau/clickhouse'
import { AppError } from '@baqylau/contracts'
import { MIGRATIONS_DIRECTORY } from '../config.ts'
import { akimatRow } from '../domain/akimat-rows.ts'
import { fillAkimats } from './akimats-table.ts'

/** Where a rebuild makes its tables, beside those that analysts see. It is there only as long as a rebuild is. */
export const REBUILD_DATABASE = 'baqylau_rebuild'
/** Tables whose names begin so say who rebuilds: they stay when everything else is cleared. */
export const LEASE_PREFIX = 'lease_'

/** What is thrown away is as large as the live tables, and a server may by default refuse to drop what is larger than 50 GB. */
const OF_ANY_SIZE = 'SETTINGS max_table_size_to_drop = 0, max_partition_size_to_drop = 0'

/** What lands passes through these; each has a forwarder, under this name, while a rebuild catches up. */
const FORWARDERS: Readonly<Record<string, string>> = {
  landing_to_rebuild: 'landing',
  landing_dead_letters_to_rebuild: 'landing_dead_letters',
  landing_closings_to_rebuild: 'landing_closings',
}

/** @throws AppError `read_side_not_ready` when the live tables lack migrations: a rebuild would not be like them. */
export const requireMigrated = async (clickhouse: ClickHouse): Promise<void> => {
  const missing = await pendingMigrations(clickhouse, MIGRATIONS_DIRECTORY)
  if (missing.length === 0) return
  throw new AppError(
    'read_side_not_ready',
    `ClickHouse has not had ${missing.join(', ')}. Run "baqylau migrate" first.`,
  )
}

/** Makes the tables anew, by the same migrations as the live ones. Doing it again changes nothing. */
export const makeRebuildTables = async (clickhouse: ClickHouse): Promise<void> => {
  await migrate(clickhouse, MIGRATIONS_DIRECTORY, REBUILD_DATABASE)
  await fillAkimats(clickhouse, akimats.map(akimatRow), REBUILD_DATABASE)
}

/** Whether both databases have had the same migrations: only then are their tables alike. */
export const haveSameMigrations = async (clickhouse: ClickHouse): Promise<boolean> => {
  const [live, rebuilt] = await Promise.all(
    [DATABASE, REBUILD_DATABASE].map((database) => appliedMigrations(clickhouse, database)),
  )
  return JSON.stringify([...(live ?? [])]) === JSON.stringify([...(rebuilt ?? [])])
}

const columnsOf = async (clickhouse: ClickHouse, table: string): Promise<string> => {
  const columns = await clickhouse.query<{ name: string }>(
    `SELECT name FROM system.columns WHERE database = '${REBUILD_DATABASE}' AND table = {table:String} ORDER BY position`,
    { table },
  )
  return columns.map(({ name }) => name).join(', ')
}

/** From now on, whatever lands in the live tables lands in the rebuilt ones too, in the same insert. */
export const startForwarding = async (clickhouse: ClickHouse): Promise<void> => {
  for (const [forwarder, table] of Object.entries(FORWARDERS)) {
    // By name, and not *: a column that a migration adds to the live table meanwhile must not stop what lands.
    const columns = await columnsOf(clickhouse, table)
    await clickhouse.command(
      `CREATE MATERIALIZED VIEW IF NOT EXISTS ${DATABASE}.${forwarder} TO ${REBUILD_DATABASE}.${table}
       AS SELECT ${columns} FROM ${DATABASE}.${table}`,
    )
  }
}

/** Always before what they forward to: else nothing could land at all. */
export const stopForwarding = async (clickhouse: ClickHouse): Promise<void> => {
  for (const forwarder of Object.keys(FORWARDERS)) {
    await clickhouse.command(`DROP VIEW IF EXISTS ${DATABASE}.${forwarder}`)
  }
}

/** Drops what an earlier rebuild left, but not the leases. */
export const clearRebuildTables = async (clickhouse: ClickHouse): Promise<void> => {
  await stopForwarding(clickhouse)
  const tables = await clickhouse.query<{ name: string }>(
    `SELECT name FROM system.tables
     WHERE database = '${REBUILD_DATABASE}' AND NOT startsWith(name, '${LEASE_PREFIX}')
     ORDER BY endsWith(engine, 'View') DESC`,
  )
  for (const { name } of tables) {
    await clickhouse.command(`DROP TABLE IF EXISTS ${REBUILD_DATABASE}.${name} SYNC ${OF_ANY_SIZE}`)
  }
}

/** The end of a rebuild: drops the database, with the leases. */
export const dropRebuildDatabase = async (clickhouse: ClickHouse): Promise<void> => {
  await stopForwarding(clickhouse)
  await clickhouse.command(`DROP DATABASE IF EXISTS ${REBUILD_DATABASE} ${OF_ANY_SIZE}`)
}
