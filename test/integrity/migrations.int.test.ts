import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type ClickHouse, migrate, openClickHouse, pendingMigrations } from '@baqylau/clickhouse'
import { type Stack, startStack } from '@baqylau/infra-local'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'

const dataDir = mkdtempSync(path.join(tmpdir(), 'baqylau-migrations-'))
let stack: Stack
let clickhouse: ClickHouse

beforeAll(async () => {
  // ClickHouse alone, and one of its own: what was applied is remembered for a whole server.
  stack = await startStack({ dataDir, external: { kafkaBrokers: 'none:1', redisUrl: 'redis://none:1' } })
  clickhouse = openClickHouse({
    url: stack.env['CLICKHOUSE_URL'] ?? '',
    user: stack.env['CLICKHOUSE_USER'] ?? '',
    password: stack.env['CLICKHOUSE_PASSWORD'] ?? '',
    requestMsMax: 30_000,
  })
})
afterAll(async () => {
  await clickhouse.close()
  await stack.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

/** A directory of migrations under names of its own: what was applied is remembered by name, for the whole server. */
const openDirectory = () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'baqylau-migrations-'))
  const word = `m${randomUUID().replaceAll('-', '')}`
  onTestFinished(async () => {
    rmSync(directory, { recursive: true })
    await clickhouse.command(`DROP TABLE IF EXISTS baqylau.${word}`)
  })
  const name = (number: string): string => `${number}_${word}.sql`
  return {
    directory,
    table: `baqylau.${word}`,
    name,
    write: (number: string, sql: string): void => writeFileSync(path.join(directory, name(number)), sql),
  }
}

const countOf = async (table: string): Promise<string | undefined> =>
  (await clickhouse.query<{ n: string }>(`SELECT count() AS n FROM ${table}`))[0]?.n

it('applies each migration once, in order, and later ones later', async () => {
  const { directory, table, name, write } = openDirectory()
  write(
    '0001',
    `-- A table; with a comment.\nCREATE TABLE ${table} (n UInt8) ENGINE = MergeTree ORDER BY n;\n`,
  )
  write('0002', `INSERT INTO ${table} VALUES (1);\n\nINSERT INTO ${table} VALUES (2);`)
  expect(await pendingMigrations(clickhouse, directory)).toEqual([name('0001'), name('0002')])
  expect(await migrate(clickhouse, directory)).toEqual([name('0001'), name('0002')])
  expect(await migrate(clickhouse, directory)).toEqual([])
  expect(await countOf(table)).toBe('2')
  write('0003', `INSERT INTO ${table} VALUES (3)`)
  expect(await migrate(clickhouse, directory)).toEqual([name('0003')])
  expect(await countOf(table)).toBe('3')
  expect(await pendingMigrations(clickhouse, directory)).toEqual([])
})

it('refuses an applied migration that was changed since, and applies nothing then', async () => {
  const { directory, table, name, write } = openDirectory()
  write('0001', `CREATE TABLE ${table} (n UInt8) ENGINE = MergeTree ORDER BY n;`)
  await migrate(clickhouse, directory)
  write('0001', `CREATE TABLE ${table} (n UInt16) ENGINE = MergeTree ORDER BY n;`)
  write('0002', `INSERT INTO ${table} VALUES (1);`)
  await expect(migrate(clickhouse, directory)).rejects.toMatchObject({
    code: 'read_side_not_ready',
    message: expect.stringContaining(name('0001')) as unknown,
  })
  expect(await countOf(table)).toBe('0')
})

it.each([['0002'], ['0001', '0003'], ['0000'], ['1']])(
  'refuses a gap in the numbers: %s',
  async (...numbers) => {
    const { directory, write } = openDirectory()
    for (const number of numbers) write(number, 'SELECT 1;')
    await expect(migrate(clickhouse, directory)).rejects.toMatchObject({ code: 'invalid_configuration' })
  },
)

it('runs an interrupted migration again, from its beginning', async () => {
  const { directory, table, name, write } = openDirectory()
  const statement = `CREATE TABLE IF NOT EXISTS ${table} (n UInt8) ENGINE = MergeTree ORDER BY n;`
  write('0001', `${statement}\nSELECT nothing FROM nowhere.at_all;`)
  await expect(migrate(clickhouse, directory)).rejects.toMatchObject({ code: 'read_side_not_ready' })
  expect(await pendingMigrations(clickhouse, directory)).toEqual([name('0001')])
  write('0001', `${statement}\nINSERT INTO ${table} VALUES (1);`)
  expect(await migrate(clickhouse, directory)).toEqual([name('0001')])
  expect(await countOf(table)).toBe('1')
})

it('may be run by two at once', async () => {
  const { directory, table, write } = openDirectory()
  write('0001', `CREATE TABLE IF NOT EXISTS ${table} (n UInt8) ENGINE = MergeTree ORDER BY n;`)
  await Promise.all([migrate(clickhouse, directory), migrate(clickhouse, directory)])
  expect(await migrate(clickhouse, directory)).toEqual([])
})

it('applies the migrations of the project to an empty server, and has none left then', async () => {
  const directory = path.join(import.meta.dirname, '..', '..', 'infra', 'clickhouse', 'migrations')
  const missing = await pendingMigrations(clickhouse, directory)
  expect(await migrate(clickhouse, directory)).toEqual(missing)
  expect(missing.length).toBeGreaterThan(0)
  expect(await pendingMigrations(clickhouse, directory)).toEqual([])
})
