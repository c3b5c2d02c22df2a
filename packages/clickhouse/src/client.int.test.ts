import { randomUUID } from 'node:crypto'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { afterAll, expect, it, onTestFinished } from 'vitest'
import { openClickHouse } from './client.ts'

const connection = {
  url: process.env['CLICKHOUSE_URL'] ?? '',
  user: process.env['CLICKHOUSE_USER'] ?? '',
  password: process.env['CLICKHOUSE_PASSWORD'] ?? '',
  requestMsMax: 30_000,
}
const clickhouse = openClickHouse(connection)
afterAll(() => clickhouse.close())

const open = (changes: Partial<typeof connection>) => {
  const client = openClickHouse({ ...connection, ...changes })
  onTestFinished(client.close)
  return client
}

it('asks with parameters that cannot become part of the statement', async () => {
  const text = `'; DROP DATABASE baqylau; -- \\ \t «қ»`
  const rows = await clickhouse.query<{ text: string; big: string }>(
    'SELECT {text:String} AS text, 18446744073709551615::UInt64 AS big',
    { text },
  )
  expect(rows).toEqual([{ text, big: '18446744073709551615' }])
})

it.each([
  ['a missing table', 'SELECT 1 FROM baqylau.nowhere'],
  ['a missing database', 'SELECT 1 FROM nowhere.at_all'],
  ['a missing column', 'SELECT nothing FROM baqylau.schema_migrations'],
])('tells %s as an outage that somebody has to mend', async (_name, sql) => {
  await expect(clickhouse.query(sql)).rejects.toMatchObject({ code: 'read_side_not_ready' })
  await expect(clickhouse.command(sql)).rejects.toMatchObject({ code: 'read_side_not_ready' })
})

it.each([
  ['a broken number', '{"n": "x"}'],
  ['a broken date', '{"at": "the other day"}'],
  ['no JSON', 'nonsense'],
  ['an unknown column', '{"other": 1}'],
])('tells %s as a row that is rejected', async (_name, body) => {
  const table = `baqylau.client_${randomUUID().slice(0, 8)}`
  await clickhouse.command(`CREATE TABLE ${table} (n UInt32, at DateTime) ENGINE = MergeTree ORDER BY n`)
  onTestFinished(() => clickhouse.command(`DROP TABLE ${table}`))
  const inserting = clickhouse.insert(`INSERT INTO ${table} FORMAT JSONEachRow`, Buffer.from(body))
  await expect(inserting).rejects.toMatchObject({ code: 'row_rejected' })
})

it('tells a row that a materialized view cannot take as rejected', async () => {
  const name = `baqylau.client_${randomUUID().slice(0, 8)}`
  await clickhouse.command(`CREATE TABLE ${name} (text String) ENGINE = Null`)
  await clickhouse.command(`CREATE TABLE ${name}_store (at DateTime64(3)) ENGINE = MergeTree ORDER BY at`)
  await clickhouse.command(
    `CREATE MATERIALIZED VIEW ${name}_view TO ${name}_store AS SELECT parseDateTime64BestEffort(text) AS at FROM ${name}`,
  )
  onTestFinished(async () => {
    for (const suffix of ['_view', '_store', '']) await clickhouse.command(`DROP TABLE ${name}${suffix}`)
  })
  const insert = (text: string): Promise<void> =>
    clickhouse.insert(`INSERT INTO ${name} FORMAT JSONEachRow`, Buffer.from(JSON.stringify({ text })))
  await expect(insert('2005-10-19T09:30:00Z')).resolves.toBeUndefined()
  await expect(insert('nonsense')).rejects.toMatchObject({ code: 'row_rejected' })
})

it('tells a wrong password as an outage that somebody has to mend', async () => {
  await expect(open({ password: 'wrong' }).query('SELECT 1')).rejects.toMatchObject({
    code: 'read_side_not_ready',
  })
})

it('tells a refused connection as an outage that passes, whatever was asked', async () => {
  const away = open({ url: 'http://127.0.0.1:1' })
  const unavailable = { code: 'read_side_unavailable', retryable: true }
  await expect(away.ping()).rejects.toMatchObject(unavailable)
  await expect(away.query('SELECT 1')).rejects.toMatchObject(unavailable)
  await expect(away.command('SELECT 1')).rejects.toMatchObject(unavailable)
  await expect(away.insert('INSERT INTO x FORMAT RowBinary', Buffer.from('x'))).rejects.toMatchObject(
    unavailable,
  )
})

it('gives up on a server that says nothing', async () => {
  const silent = createServer()
  await once(silent.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void silent.close())
  const address = silent.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const unheard = open({ url: `http://127.0.0.1:${port}`, requestMsMax: 300 })
  await expect(unheard.insert('INSERT INTO x FORMAT RowBinary', Buffer.from('x'))).rejects.toMatchObject({
    code: 'read_side_unavailable',
  })
})

it('repeats nothing of a row in its message', async () => {
  const table = `baqylau.client_${randomUUID().slice(0, 8)}`
  await clickhouse.command(`CREATE TABLE ${table} (n UInt32) ENGINE = MergeTree ORDER BY n`)
  onTestFinished(() => clickhouse.command(`DROP TABLE ${table}`))
  const inserting = clickhouse.insert(
    `INSERT INTO ${table} FORMAT JSONEachRow`,
    Buffer.from('{"n": "Айгүл"}'),
  )
  await expect(inserting).rejects.toThrow(/^ClickHouse says \w+ \(\d+\)$/)
})
