import { randomBytes, randomUUID } from 'node:crypto'
import { openClickHouse } from '@baqylau/clickhouse'
import { type EventDeadLettered, reportSubmitted } from '@baqylau/contracts'
import { clickhouseLanding, type LandingRow, type LogRecord } from '@baqylau/landing'
import { createGroupCommit, createStandstill, createTelemetry } from '@baqylau/service-kit'
import { afterAll, expect, it, onTestFinished } from 'vitest'
import { createLander, type InsertParts, insertRows } from './app.ts'
import { createLanderTelemetry } from './telemetry.ts'

const ROWS = 10_000
const POISONED = 7001
/** On two cores with ten times their load: it takes some seconds alone. */
const MS_MAX = 100_000
const clickhouse = openClickHouse({
  url: process.env['CLICKHOUSE_URL'] ?? '',
  user: process.env['CLICKHOUSE_USER'] ?? '',
  password: process.env['CLICKHOUSE_PASSWORD'] ?? '',
  requestMsMax: 30_000,
})
afterAll(() => clickhouse.close())

const name = `poison_${randomUUID().replaceAll('-', '')}`
const topic = `${name}.reports`

const recordAt = (index: number): LogRecord => {
  const reportId = randomUUID()
  const event = reportSubmitted({
    report: {
      kind: 'press_seizure',
      occurred: { from: '2005-10-19', precision: 'day' },
      place: { text: 'Алматы' },
      details: { outlet: 'Свобода слова' },
    },
    reportId,
    author: index === POISONED ? `${name} no number` : name,
    keyId: 'key-1',
    contentHash: randomBytes(32).toString('hex'),
    receiptHash: randomBytes(32).toString('hex'),
    receivedAt: new Date('2005-10-19T10:00:00Z'),
  })
  return { topic, partition: 0, offset: String(index), value: Buffer.from(JSON.stringify(event)) }
}

/** A view of somebody's beside ours that cannot take every report, as a faulty migration might leave it. */
const makeRefusingView = async (): Promise<void> => {
  await clickhouse.command(`CREATE TABLE default.${name} (n UInt8) ENGINE = Null`)
  await clickhouse.command(
    `CREATE MATERIALIZED VIEW default.landing_to_${name} TO default.${name} AS
     SELECT toUInt8(if(JSONExtractString(event, 'author') = '${name} no number', 'x', '1')) AS n
     FROM baqylau.landing WHERE topic = '${topic}'`,
  )
  onTestFinished(async () => {
    await clickhouse.command(`DROP TABLE default.landing_to_${name}`)
    await clickhouse.command(`DROP TABLE default.${name}`)
  })
}

it('lands 9,999 rows of a block of 10,000, and makes a dead letter of the one that ClickHouse refuses', async () => {
  await makeRefusingView()
  const letters: EventDeadLettered[] = []
  let inserts = 0
  const landing = clickhouseLanding(clickhouse)
  const parts: InsertParts = {
    landing: {
      ...landing,
      insert: (rows) => {
        inserts += 1
        return landing.insert(rows)
      },
    },
    deadLetters: {
      append: (some) => {
        letters.push(...some)
        return Promise.resolve()
      },
    },
    clock: () => new Date('2005-10-20T00:00:00Z'),
    telemetry: createLanderTelemetry(createTelemetry('lander', 'silent')),
    graceOver: new AbortController().signal,
  }
  const blocks = createGroupCommit<LandingRow>({
    commit: insertRows(parts),
    bytesOf: ({ event }) => event.byteLength,
    itemsMax: 50_000,
    bytesMax: 16_000_000,
    pendingBytesMax: Number.POSITIVE_INFINITY,
    lingerMs: 0,
  })
  const land = createLander({
    ...parts,
    blocks,
    standstill: createStandstill(() => undefined),
    topicOf: () => 'reports',
  })
  const commits: string[] = []
  const startedAt = performance.now()
  await land({
    records: Array.from({ length: ROWS }, (_, index) => recordAt(index)),
    signal: new AbortController().signal,
    commit: ({ offset }) => {
      commits.push(offset)
      return Promise.resolve()
    },
  })
  expect(performance.now() - startedAt).toBeLessThan(MS_MAX)
  // Halving finds one of 10,000 in twice fourteen steps.
  expect(inserts).toBeLessThanOrEqual(1 + 2 * 14)
  expect(commits).toEqual([String(ROWS - 1)])
  expect(letters.map(({ data }) => [data.step, data.offset, data.reason, data.attempts])).toEqual([
    ['lander', String(POISONED), 'row_rejected', 1],
  ])
  // Of the refused row nothing is asked: an insert into several views is not one, and some may have it.
  const [events] = await clickhouse.query<{ n: string; offsets: string }>(
    `SELECT count() AS n, uniqExact(offset) AS offsets
     FROM baqylau.report_events WHERE topic = '${topic}' AND offset != ${POISONED}`,
  )
  expect(events).toEqual({ n: '9999', offsets: '9999' })
  const [reports] = await clickhouse.query<{ n: string }>(
    `SELECT count() AS n FROM baqylau.reports WHERE author = '${name}'`,
  )
  expect(reports).toEqual({ n: '9999' })
}, 120_000)
