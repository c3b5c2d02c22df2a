import { openClickHouse } from '@baqylau/clickhouse'
import { afterAll, expect, it } from 'vitest'
import { deadLettersAt } from './dead-letter-views.ts'

const clickhouse = openClickHouse({
  url: process.env['CLICKHOUSE_URL'] ?? '',
  user: process.env['CLICKHOUSE_USER'] ?? '',
  password: process.env['CLICKHOUSE_PASSWORD'] ?? '',
  requestMsMax: 30_000,
})
const OFFSET = '18446744073709551615'
const NAMES = ["it's", String.raw`a\b`, "x', 'y", '[1]\t{n:String}', `plain-${process.pid}`]
const idOf = (topic: string, partition = 7) =>
  ({ step: 'lander', topic: `${process.pid}-${topic}`, partition, offset: OFFSET }) as const
afterAll(() => clickhouse.close())

it('finds the letters of exactly these ids, whatever their topics are called, and more than are asked for at once', async () => {
  const rows = NAMES.map((name) => {
    const { step, topic, partition, offset } = idOf(name)
    const times = { first_at: '2005-10-19 10:00:00.000', last_at: '2005-10-19 10:00:00.000' }
    return JSON.stringify({
      step,
      topic,
      partition,
      offset,
      reason: 'row_rejected',
      detail: '',
      attempts: 1,
      ...times,
    })
  })
  const into = 'INSERT INTO baqylau.dead_letters_store FORMAT JSONEachRow'
  await clickhouse.insert(into, Buffer.from(rows.join('\n')))
  const others = Array.from({ length: 250 }, (_, index) => idOf(`none-${index}`))
  const found = await deadLettersAt(clickhouse, [...others, ...NAMES.map((name) => idOf(name))])
  expect(found.map(({ topic }) => topic).toSorted()).toEqual(NAMES.map((name) => idOf(name).topic).toSorted())
  expect(found.map(({ offset }) => offset)).toEqual(NAMES.map(() => OFFSET))
  expect(
    await deadLettersAt(
      clickhouse,
      NAMES.map((name) => idOf(name, 8)),
    ),
  ).toEqual([])
}, 60_000)
