import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { AppError } from '@baqylau/contracts'
import type { ClickHouse } from './client.ts'

interface Migration {
  readonly name: string
  readonly checksum: string
  readonly statements: readonly string[]
}

const FILE = /^(\d{4})_[a-z0-9_]+\.sql$/
const END_OF_STATEMENT = /;\s*$/m

/** What the migrations make, and what everybody reads and writes. */
export const DATABASE = 'baqylau'
/** `DATABASE` before a name, and not within another word, as in the types of events. */
const BEFORE_A_NAME = new RegExp(`(?<![\\w.])${DATABASE}\\.`, 'g')

const readMigration = (directory: string, name: string, database: string): Migration => {
  const sql = readFileSync(path.join(directory, name), 'utf8')
  const statements = sql
    .replaceAll(BEFORE_A_NAME, `${database}.`)
    .split(END_OF_STATEMENT)
    .map((statement) => statement.trim())
  return {
    name,
    checksum: createHash('sha256').update(sql).digest('hex'),
    statements: statements.filter((statement) => statement !== ''),
  }
}

const readMigrations = (directory: string, database: string): readonly Migration[] => {
  const names = readdirSync(directory)
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
  for (const [index, name] of names.entries()) {
    if (Number(FILE.exec(name)?.[1]) !== index + 1) {
      throw new AppError(
        'invalid_configuration',
        `${directory}: ${name} should be number ${index + 1}, as NNNN_words.sql`,
      )
    }
  }
  return names.map((name) => readMigration(directory, name, database))
}

/** The migrations that a database has had, with their checksums, in order. The table of them is made when it is not there. */
export const appliedMigrations = async (
  clickhouse: ClickHouse,
  database = DATABASE,
): Promise<ReadonlyMap<string, string>> => {
  await clickhouse.command(`CREATE DATABASE IF NOT EXISTS ${database}`)
  await clickhouse.command(
    `CREATE TABLE IF NOT EXISTS ${database}.schema_migrations
     (name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'))
     ENGINE = ReplacingMergeTree ORDER BY name`,
  )
  const rows = await clickhouse.query<{ name: string; checksum: string }>(
    `SELECT name, checksum FROM ${database}.schema_migrations FINAL ORDER BY name`,
  )
  return new Map(rows.map(({ name, checksum }) => [name, checksum]))
}

const pending = (
  migrations: readonly Migration[],
  applied: ReadonlyMap<string, string>,
): readonly Migration[] => {
  const changed = migrations.filter(
    ({ name, checksum }) => applied.has(name) && applied.get(name) !== checksum,
  )
  if (changed.length > 0) {
    const names = changed.map(({ name }) => name).join(', ')
    throw new AppError(
      'read_side_not_ready',
      `Applied migrations were changed since: ${names}. Restore them, and put the change into a new one.`,
    )
  }
  return migrations.filter(({ name }) => !applied.has(name))
}

/**
 * Applies the numbered SQL files of a directory that were not applied yet, in order, and returns their names. Statements
 * end with `;` at the end of a line, and can be run twice, so that an interrupted migration is simply run again. They say
 * `baqylau.` before every name: with another `database` the same is made beside it.
 * @throws AppError `read_side_not_ready` when an applied file was changed.
 */
export const migrate = async (
  clickhouse: ClickHouse,
  directory: string,
  database = DATABASE,
): Promise<readonly string[]> => {
  const todo = pending(readMigrations(directory, database), await appliedMigrations(clickhouse, database))
  for (const { name, checksum, statements } of todo) {
    for (const statement of statements) await clickhouse.command(statement)
    await clickhouse.insert(
      `INSERT INTO ${database}.schema_migrations (name, checksum) FORMAT JSONEachRow`,
      Buffer.from(JSON.stringify({ name, checksum })),
    )
  }
  return todo.map(({ name }) => name)
}

/** The names of the migrations in a directory that this ClickHouse has not had. */
export const pendingMigrations = async (
  clickhouse: ClickHouse,
  directory: string,
): Promise<readonly string[]> =>
  pending(readMigrations(directory, DATABASE), await appliedMigrations(clickhouse)).map(({ name }) => name)
