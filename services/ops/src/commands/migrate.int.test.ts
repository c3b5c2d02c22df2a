import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { akimats } from '@baqylau/akimats'
import { withClickHouse } from '../adapters/read-side.ts'
import { MIGRATIONS_DIRECTORY, readMigrateConfig } from '../config.ts'
import { migrateReadSide } from './migrate.ts'

const config = readMigrateConfig()
const directory = mkdtempSync(path.join(tmpdir(), 'ops-migrate-'))

const read = <Row>(sql: string): Promise<readonly Row[]> =>
  withClickHouse(config, (clickhouse) => clickhouse.query<Row>(sql))

beforeAll(() => migrateReadSide(config))
afterAll(() => rmSync(directory, { recursive: true }))

test('has nothing left to do the second time', async () => {
  expect((await migrateReadSide(config)).document).toEqual({ applied: [], akimatPeriods: akimats.length })
  const applied = await read<{ name: string }>(
    'SELECT name FROM baqylau.schema_migrations FINAL ORDER BY name',
  )
  expect(applied.map(({ name }) => name)).toEqual(readdirSync(MIGRATIONS_DIRECTORY).toSorted())
})

test('refuses a migration that was changed after it was applied, and says which', async () => {
  cpSync(MIGRATIONS_DIRECTORY, directory, { recursive: true })
  appendFileSync(path.join(directory, '0002_report_events.sql'), '-- changed\n')
  await expect(migrateReadSide(config, directory)).rejects.toMatchObject({
    code: 'read_side_not_ready',
    message: expect.stringContaining('0002_report_events.sql') as string,
  })
})

test('makes the table of akimats equal to the registry: one row a period, and nothing else', async () => {
  await withClickHouse(config, (clickhouse) =>
    clickhouse.command(
      "INSERT INTO baqylau.akimats_store VALUES ('KZ-75', '2001-01-01', NULL, 'x', 'x', 'x'), ('KZ-75', '1990-01-01', NULL, 'x', 'x', 'x')",
    ),
  )
  await migrateReadSide(config)
  const rows = await read<{ code: string; valid_from: string; name_en: string }>(
    'SELECT code, toString(valid_from) AS valid_from, name_en FROM baqylau.akimats ORDER BY code, valid_from',
  )
  expect(rows).toHaveLength(akimats.length)
  expect(rows.filter(({ code }) => code === 'KZ-75')).toEqual([
    { code: 'KZ-75', valid_from: '1990-01-01', name_en: 'Almaty City' },
  ])
})
