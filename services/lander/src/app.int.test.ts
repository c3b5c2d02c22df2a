import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type EventDeadLettered, type Report, reportSubmitted, topicOf } from '@baqylau/contracts'
import { openClickHouse } from '@baqylau/clickhouse'
import { clickhouseLanding, type LandingRow, type LogRecord } from '@baqylau/landing'
import { createGroupCommit, createStandstill, createTelemetry } from '@baqylau/service-kit'
import * as fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { createLander, type InsertParts, insertRows } from './app.ts'
import type { Landing } from './ports.ts'
import { createLanderTelemetry } from './telemetry.ts'

const prefix = `lander-${randomUUID().slice(0, 8)}.`
const clickhouse = openClickHouse({
  url: process.env['CLICKHOUSE_URL'] ?? '',
  user: process.env['CLICKHOUSE_USER'] ?? '',
  password: process.env['CLICKHOUSE_PASSWORD'] ?? '',
  requestMsMax: 30_000,
})
afterAll(() => clickhouse.close())

const samples = readFileSync(new URL('../../../test/fixtures/autumn-2005.ndjson', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .slice(0, 24)
  .map((line) => JSON.parse(line) as Report)

const eventOf = (report: Report, author: string): string =>
  JSON.stringify(
    reportSubmitted({
      report,
      reportId: randomUUID(),
      author,
      contentHash: randomBytes(32).toString('hex'),
      receiptHash: randomBytes(32).toString('hex'),
      receivedAt: new Date('2005-10-19T10:00:00Z'),
    }),
  )

const recordsOf = (topic: string, events: readonly string[]): readonly LogRecord[] =>
  events.map((event, index) => ({ topic, partition: 0, offset: String(index), value: Buffer.from(event) }))

const telemetry = createLanderTelemetry(createTelemetry('lander', 'silent'))

/** A lander that writes to ClickHouse; its dead letters are kept here, where a service hands them to Kafka. */
const openLander = (landing: Landing = clickhouseLanding(clickhouse)) => {
  const letters: EventDeadLettered[] = []
  const parts: InsertParts = {
    landing,
    deadLetters: {
      append: (some) => {
        letters.push(...some)
        return Promise.resolve()
      },
    },
    clock: () => new Date('2005-10-20T00:00:00Z'),
    telemetry,
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
  const standstill = createStandstill(() => undefined, 1)
  const land = createLander({ ...parts, standstill, blocks, topicOf: (name) => topicOf(prefix, name) })
  return { land, letters }
}

const landAll = async (
  land: ReturnType<typeof createLander>,
  records: readonly LogRecord[],
): Promise<readonly string[]> => {
  const committed: string[] = []
  await land({
    records,
    signal: new AbortController().signal,
    commit: ({ offset }) => {
      committed.push(offset)
      return Promise.resolve()
    },
  })
  return committed
}

const landed = async (author: string): Promise<unknown> => {
  const events = await clickhouse.query(
    'SELECT * EXCEPT (landed_at) FROM baqylau.report_events WHERE author = {author:String} ORDER BY topic, partition, offset',
    { author },
  )
  const reports = await clickhouse.query(
    'SELECT * FROM baqylau.reports WHERE author = {author:String} ORDER BY report_id',
    { author },
  )
  return { events, reports }
}

describe('landing', () => {
  it('leaves the same rows however a batch is split, in what order, and however often', async () => {
    const author = `author-${randomUUID()}`
    const topic = `${prefix}reports`
    const records = recordsOf(
      topic,
      samples.map((report) => eventOf(report, author)),
    )
    const { land, letters } = openLander()
    await landAll(land, records)
    const whole = await landed(author)
    expect(whole).toMatchObject({ events: { length: records.length }, reports: { length: records.length } })
    const cuts = fc.array(fc.nat({ max: records.length }), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(cuts, fc.boolean(), async (places, backwards) => {
        const at = [0, ...places.toSorted((a, b) => a - b), records.length]
        const pieces = at.slice(1).map((end, index) => records.slice(at[index], end))
        for (const piece of backwards ? pieces.toReversed() : pieces) await landAll(land, piece)
        expect(await landed(author)).toEqual(whole)
      }),
      { numRuns: 5 },
    )
    expect(letters).toEqual([])
  })

  it('commits the last record of a batch, also when it could not be read, and nothing once it was taken away', async () => {
    const { land, letters } = openLander()
    const topic = `${prefix}reports`
    const records = [
      ...recordsOf(topic, [eventOf(samples[0] as Report, 'someone')]),
      { topic, partition: 0, offset: '7', value: Buffer.from('nonsense') },
      { topic, partition: 0, offset: '8', value: null },
    ]
    expect(await landAll(land, records)).toEqual(['8'])
    expect(letters.map(({ data }) => [data.offset, data.reason, data.payload])).toEqual([
      ['7', 'event_not_json', Buffer.from('nonsense').toString('base64')],
      ['8', 'event_not_json', null],
    ])
    const commits: string[] = []
    const takenAway = land({
      records,
      signal: AbortSignal.abort(new Error('taken away')),
      commit: ({ offset }) => {
        commits.push(offset)
        return Promise.resolve()
      },
    })
    await expect(takenAway).rejects.toThrow('taken away')
    expect(commits).toEqual([])
  })
})

describe('rows that ClickHouse refuses', () => {
  /** ClickHouse itself refuses the rows of these offsets: their version is no number. */
  const refusing = (offsets: readonly string[]) => {
    const landing = clickhouseLanding(clickhouse)
    return openLander({
      ...landing,
      insert: async (rows) => {
        if (rows.some(({ record }) => offsets.includes(record.offset))) {
          await clickhouse.insert(
            'INSERT INTO baqylau.landing (topic, version) FORMAT JSONEachRow',
            Buffer.from('{"topic": "refused", "version": "no number"}'),
          )
        }
        await landing.insert(rows)
      },
    })
  }

  it('become dead letters, and those beside them land', async () => {
    const author = `author-${randomUUID()}`
    const topic = `${prefix}reports`
    const { land, letters } = refusing(['3'])
    const records = recordsOf(
      topic,
      samples.slice(0, 8).map((report) => eventOf(report, author)),
    )
    expect(await landAll(land, records)).toEqual(['7'])
    expect(letters.map(({ data }) => [data.step, data.offset, data.reason])).toEqual([
      ['lander', '3', 'row_rejected'],
    ])
    expect(await landed(author)).toMatchObject({ reports: { length: 7 } })
  })

  it('stop the lander when it is all of them: the fault is not in the rows', async () => {
    const author = `author-${randomUUID()}`
    const topic = `${prefix}reports`
    const { land, letters } = refusing(['0', '1', '2', '3'])
    const records = recordsOf(
      topic,
      samples.slice(0, 4).map((report) => eventOf(report, author)),
    )
    await expect(landAll(land, records)).rejects.toMatchObject({ code: 'read_side_not_ready' })
    expect(letters).toEqual([])
  })

  it('stop the lander when it is a single one, and nothing has landed before', async () => {
    const { land, letters } = refusing(['0'])
    const records = recordsOf(`${prefix}reports`, [eventOf(samples[0] as Report, `author-${randomUUID()}`)])
    await expect(landAll(land, records)).rejects.toMatchObject({ code: 'read_side_not_ready' })
    expect(letters).toEqual([])
  })

  it('become dead letters, a single one too, while what landed before still lands', async () => {
    const author = `author-${randomUUID()}`
    const { land, letters } = refusing(['1'])
    const records = recordsOf(
      `${prefix}reports`,
      samples.slice(0, 2).map((report) => eventOf(report, author)),
    )
    await landAll(land, records.slice(0, 1))
    expect(await landAll(land, records.slice(1))).toEqual(['1'])
    expect(letters.map(({ data }) => data.offset)).toEqual(['1'])
    expect(await landed(author)).toMatchObject({ reports: { length: 1 } })
  })

  it('become dead letters, however many they are, while others beside them land', async () => {
    const author = `author-${randomUUID()}`
    const records = recordsOf(
      `${prefix}reports`,
      Array.from({ length: 60 }, () => eventOf(samples[0] as Report, author)),
    )
    const bad = records.map(({ offset }) => offset).filter((offset) => Number(offset) < 40)
    const { land, letters } = refusing(bad)
    expect(await landAll(land, records)).toEqual(['59'])
    expect(letters.map(({ data }) => data.offset)).toEqual(bad)
    expect(await landed(author)).toMatchObject({ reports: { length: 20 } })
    // As when they are replayed, and nothing else comes.
    expect(await landAll(land, records.slice(0, 40))).toEqual(['39'])
  })

  it('stop the lander when they are many, and cost few inserts', async () => {
    const author = `author-${randomUUID()}`
    const offsets = Array.from({ length: 100 }, (_, index) => String(index))
    const { land, letters } = refusing(offsets)
    const records = recordsOf(
      `${prefix}reports`,
      Array.from({ length: 100 }, () => eventOf(samples[0] as Report, author)),
    )
    await expect(landAll(land, records)).rejects.toMatchObject({ code: 'read_side_not_ready' })
    expect(letters).toEqual([])
  })
})

it('never lands an event that is JSON to us and none to ClickHouse', async () => {
  const author = `author-${randomUUID()}`
  const topic = `${prefix}reports`
  const event = eventOf(samples[1] as Report, author)
  const broken = [
    event.replace('{', String.raw`{"traceparent":"\ud800",`),
    event.replace('{', `{"deep":${'['.repeat(1100)}${']'.repeat(1100)},`),
    event.replace('{', '{"large":1e400,'),
    event.replace('{', '{"long":123456789012345678901234567890,'),
  ].map((text) => Buffer.from(text))
  const notUtf8 = Buffer.from(event.replace('{', '{"comment":"##",'))
  notUtf8.writeUInt8(0xff, notUtf8.indexOf('##'))
  const records = [...broken, notUtf8, Buffer.from(event.replace('{', '{"traceparent":"00-1",'))].map(
    (value, index) => ({ topic, partition: 1, offset: String(index), value }),
  )
  const { land, letters } = openLander()
  await landAll(land, records)
  expect(letters.map(({ data }) => data.offset)).toEqual(['0', '1', '2', '3', '4'])
  expect(await landed(author)).toMatchObject({ reports: { length: 1 } })
  const nobodys = await clickhouse.query(
    `SELECT 1 FROM baqylau.report_events WHERE report_id = toUUID('00000000-0000-0000-0000-000000000000') AND topic = {topic:String}`,
    { topic },
  )
  expect(nobodys).toEqual([])
})

describe('events of a version from the future', () => {
  const newer = '{"type": "kz.baqylau.report.submitted.v7"}'
  const topic = `${prefix}reports`

  it('become dead letters among others', async () => {
    const author = `author-${randomUUID()}`
    const { land, letters } = openLander()
    const records = recordsOf(topic, [newer, eventOf(samples[0] as Report, author), newer])
    expect(await landAll(land, records)).toEqual(['2'])
    expect(letters.map(({ data }) => [data.offset, data.reason])).toEqual([
      ['0', 'event_version_unsupported'],
      ['2', 'event_version_unsupported'],
    ])
    expect(await landed(author)).toMatchObject({ reports: { length: 1 } })
  })

  it('stop the lander when it is all of them, or all from somewhere on: what is before that lands', async () => {
    const author = `author-${randomUUID()}`
    const { land, letters } = openLander()
    await expect(landAll(land, recordsOf(topic, [newer, newer]))).rejects.toMatchObject({
      code: 'event_version_unsupported',
    })
    const commits: string[] = []
    const landing = land({
      records: recordsOf(topic, [
        eventOf(samples[0] as Report, author),
        'not JSON',
        eventOf(samples[1] as Report, author),
        ...Array.from({ length: 20 }, () => newer),
      ]),
      signal: new AbortController().signal,
      commit: ({ offset }) => {
        commits.push(offset)
        return Promise.resolve()
      },
    })
    await expect(landing).rejects.toMatchObject({ code: 'event_version_unsupported' })
    expect(commits).toEqual(['2'])
    expect(letters.map(({ data }) => data.offset)).toEqual(['1'])
    expect(await landed(author)).toMatchObject({ reports: { length: 2 } })
  })

  it('stop the lander, whatever can be read of another topic', async () => {
    const { land, letters } = openLander()
    const enriched = recordsOf(`${prefix}enrichments`, [eventOf(samples[0] as Report, 'someone')])
    expect(await landAll(land, enriched)).toEqual(['0'])
    await expect(landAll(land, recordsOf(topic, [newer]))).rejects.toMatchObject({
      code: 'event_version_unsupported',
    })
    expect(letters).toEqual([])
  })
})
