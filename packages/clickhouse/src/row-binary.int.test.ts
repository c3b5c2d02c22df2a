import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ClickHouse, openClickHouse } from './client.ts'
import { createRowBinaryWriter } from './row-binary.ts'

const table = `baqylau.row_binary_${randomUUID().slice(0, 8)}`
let clickhouse: ClickHouse

beforeAll(async () => {
  clickhouse = openClickHouse({
    url: process.env['CLICKHOUSE_URL'] ?? '',
    user: process.env['CLICKHOUSE_USER'] ?? '',
    password: process.env['CLICKHOUSE_PASSWORD'] ?? '',
    requestMsMax: 30_000,
  })
  await clickhouse.command(
    `CREATE TABLE ${table} (n UInt32, big UInt64, text String, again String) ENGINE = MergeTree ORDER BY n`,
  )
})
afterAll(async () => {
  await clickhouse.command(`DROP TABLE ${table}`)
  await clickhouse.close()
})

// Lengths at which the length's own number of bytes changes (LEB128), and text of several bytes a letter.
const TEXTS = [0, 1, 127, 128, 255, 16_383, 16_384, 2_097_151, 2_097_152]
  .map((length) => 'x'.repeat(length))
  .concat(['ғ'.repeat(64), 'ғ'.repeat(8192), '«Дәуір» 🗳', 'tab\tnewline\nnul\0quote\'"\\'])

it('is read by ClickHouse as it was written, whatever the lengths and however small the first guess', async () => {
  const writer = createRowBinaryWriter(0)
  for (const [index, text] of TEXTS.entries()) {
    writer.uint32(index)
    writer.uint64(2n ** 64n - 1n - BigInt(index))
    writer.string(text)
    writer.string(Buffer.from(text))
  }
  await clickhouse.insert(`INSERT INTO ${table} FORMAT RowBinary`, writer.bytes())
  const rows = await clickhouse.query<{ n: number; big: string; text: string; again: string }>(
    `SELECT * FROM ${table} ORDER BY n`,
  )
  expect(rows.map(({ n, big }) => [n, big])).toEqual(
    TEXTS.map((_text, index) => [index, String(2n ** 64n - 1n - BigInt(index))]),
  )
  for (const [index, { text, again }] of rows.entries()) {
    expect(text === TEXTS[index] && again === TEXTS[index]).toBe(true)
  }
})

it('refuses a number that does not fit, rather than write another', () => {
  const writer = createRowBinaryWriter(8)
  expect(() => writer.uint64(2n ** 64n)).toThrow(RangeError)
  expect(() => writer.uint32(-1)).toThrow(RangeError)
})
