import { DATABASE, openClickHouse } from '@baqylau/clickhouse'
import { afterAll, expect, it } from 'vitest'
import { missingColumns } from './missing-columns.ts'
import { LANDING_VIEWS, missingViews } from './missing-views.ts'

const clickhouse = openClickHouse({
  url: process.env['CLICKHOUSE_URL'] ?? '',
  user: process.env['CLICKHOUSE_USER'] ?? '',
  password: process.env['CLICKHOUSE_PASSWORD'] ?? '',
  requestMsMax: 30_000,
})
const database = `columns_${process.pid}`
afterAll(async () => {
  await clickhouse.command(`DROP DATABASE IF EXISTS ${database}`)
  await clickhouse.close()
})

it('finds nothing missing in the tables of the migrations, and knows all of their views', async () => {
  expect(await missingColumns(clickhouse, DATABASE)).toEqual([])
  const strangers = await clickhouse.query(
    `SELECT name FROM system.tables
     WHERE database = '${DATABASE}' AND engine = 'MaterializedView'
       AND concat(extract(name, '_to_(.+)$'), '_store') NOT IN (SELECT name FROM system.tables WHERE database = '${DATABASE}')`,
  )
  expect(strangers).toEqual([])
})

it('names what a table lacks of its view', async () => {
  await clickhouse.command(`CREATE DATABASE ${database}`)
  await clickhouse.command(`CREATE TABLE ${database}.landing (a UInt8, b UInt8) ENGINE = Null`)
  await clickhouse.command(
    `CREATE TABLE ${database}.things_store (a UInt8, b UInt8) ENGINE = MergeTree ORDER BY a`,
  )
  await clickhouse.command(
    `CREATE MATERIALIZED VIEW ${database}.landing_to_things TO ${database}.things_store AS SELECT a, b FROM ${database}.landing`,
  )
  expect(await missingColumns(clickhouse, database)).toEqual([])
  await clickhouse.command(`ALTER TABLE ${database}.things_store DROP COLUMN b`)
  expect(await missingColumns(clickhouse, database)).toEqual(['things_store.b'])
})

it('expects exactly the views that the migrations leave, and names those that are missing', async () => {
  const rows = await clickhouse.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = '${DATABASE}' AND engine = 'MaterializedView' ORDER BY name`,
  )
  expect(rows.map(({ name }) => name)).toEqual(LANDING_VIEWS)
  expect(await missingViews(clickhouse, DATABASE)).toEqual([])
  expect(await missingViews(clickhouse, `${database}_none`)).toEqual(LANDING_VIEWS)
})
