import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ReportEvent, topicName, topicSpecifications } from '@baqylau/contracts'
import { arbitraryHistory } from '@baqylau/contracts/testing'
import { type LogAdmin, type LogProducer, openAdmin, openProducer } from '@baqylau/kafka'
import { createTelemetry, newSecret } from '@baqylau/service-kit'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startBaqylau } from '../support/baqylau-command.ts'
import { type OwnClickHouse, startClickHouse } from '../support/own-clickhouse.ts'
import { type ServiceProcess, type StageName, startService } from '../support/service-process.ts'

const PREFIX = `verify-${randomUUID().slice(0, 8)}.`
const STAGES: readonly StageName[] = ['dispatcher', 'enricher', 'lander']
const folder = mkdtempSync(join(tmpdir(), 'baqylau-verify-test-'))
const { log } = createTelemetry('test', 'silent')
const kafka = { brokers: process.env['KAFKA_BROKERS'] ?? '', clientId: 'test', log }

let own: OwnClickHouse
let admin: LogAdmin
let producer: LogProducer
let services: readonly ServiceProcess[] = []
let environment: Readonly<Record<string, string | undefined>>

/** What people send: what an enricher makes of it is made here as well. */
const isSent = (event: ReportEvent): boolean => !event.type.includes('enriched')

/** Histories of a few hundred reports: amended, taken back, conflicting, contested, sent twice. */
const histories = fc.sample(arbitraryHistory, { numRuns: 60, seed: 7 }).flat().filter(isSent)

const send = (values: readonly (readonly [key: string, value: string])[]): Promise<void> =>
  producer.send(values.map(([key, value]) => ({ topic: topicName(PREFIX, 'reports'), key, value })))

const sendEvents = (events: readonly ReportEvent[]): Promise<void> =>
  send(events.map((event) => [event.subject, JSON.stringify(event)]))

interface Verified {
  readonly code: number | null
  readonly said: string
  readonly document: {
    readonly agrees: boolean
    readonly compared: { readonly events: number; readonly reports: number }
    readonly differences: {
      readonly total: number
      readonly byKind: Readonly<Record<string, number>>
      readonly first: readonly { readonly kind: string; readonly columns?: readonly string[] }[]
    }
  }
}

const spilled = (): readonly string[] =>
  readdirSync(folder).filter((name) => name.startsWith('baqylau-verify-'))

const verify = async (...more: readonly string[]): Promise<Verified> => {
  const args = ['verify', '--wait', '60', '--directory', folder, ...more]
  const { code, document, said } = await startBaqylau(args, environment).ended
  return { code, said, document: document as Verified['document'] }
}

beforeAll(async () => {
  own = await startClickHouse()
  admin = await openAdmin(kafka)
  await admin.ensureTopics(topicSpecifications(PREFIX, 3))
  producer = openProducer({ ...kafka, sendMsMax: 10_000 })
  const secretFile = join(folder, 'secret')
  writeFileSync(secretFile, newSecret(), { mode: 0o600 })
  environment = {
    KAFKA_BROKERS: kafka.brokers,
    REDIS_URL: process.env['REDIS_URL'],
    KAFKA_TOPIC_PREFIX: PREFIX,
    SECRET_FILE: secretFile,
    ...own.env,
  }
  // The names of the akimats are compared as well.
  await startBaqylau(['migrate'], environment).ended
  services = await Promise.all(STAGES.map((stage) => startService(stage, environment)))
  await sendEvents(histories)
  await send([
    ['poison', 'no JSON'],
    ['poison', '{"type":"kz.baqylau.report.submitted.v1"}'],
  ])
}, 120_000)
afterAll(async () => {
  for (const { child } of services) child.kill('SIGKILL')
  await producer.close()
  await admin.close()
  await own.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('a read side that is right', () => {
  it('agrees with the log, and leaves no file behind', async () => {
    const { code, document } = await verify()
    expect(document).toMatchObject({
      agrees: true,
      changing: 0,
      waiting: 0,
      differences: { total: 0, first: [] },
    })
    expect(document.compared.reports).toBeGreaterThan(50)
    expect(code).toBe(0)
    expect(spilled()).toEqual([])
  }, 180_000)
})

describe('a damage of the read side', () => {
  const STORES = [
    'report_states_store',
    'report_events_store',
    'report_received_store',
    'dead_letters_store',
    'dead_letter_attempts_store',
    'akimats_store',
  ]
  const oneReport = `(report_id, author) = (
    SELECT report_id, author FROM baqylau.reports WHERE stage = 'enriched' ORDER BY report_id, author LIMIT 1)`
  const COPY = (changes: string): string =>
    `INSERT INTO baqylau.report_states_store SELECT * REPLACE (${changes})
     FROM (SELECT * FROM baqylau.report_states_store FINAL WHERE ${oneReport})`

  /** Does damage to copies of the tables that are put back afterwards. */
  const damaged = async (sql: string): Promise<Verified> => {
    for (const store of STORES) {
      await own.clickhouse.command(`CREATE TABLE baqylau.${store}_kept AS baqylau.${store}`)
      await own.clickhouse.command(`INSERT INTO baqylau.${store}_kept SELECT * FROM baqylau.${store}`)
    }
    try {
      await own.clickhouse.command(sql)
      return await verify()
    } finally {
      for (const store of STORES) {
        await own.clickhouse.command(`EXCHANGE TABLES baqylau.${store} AND baqylau.${store}_kept`)
        await own.clickhouse.command(`DROP TABLE baqylau.${store}_kept`)
      }
    }
  }

  it.each([
    [
      'a report that is not there',
      `DELETE FROM baqylau.report_states_store WHERE ${oneReport}`,
      'report_missing',
      undefined,
    ],
    [
      'a report in another akimat',
      COPY("rank + 1 AS rank, 'KZ-99' AS region_code"),
      'report_differs',
      ['region_code'],
    ],
    ['a report of nobody', COPY("'nobody' AS author"), 'report_extra', undefined],
    [
      'a report that was put over another',
      COPY(
        "version + bitShiftLeft(toUInt64(1), 48) AS version, rank + bitShiftLeft(toUInt256(1), 240) AS rank, 'x' AS kind",
      ),
      'report_differs',
      ['version', 'kind'],
    ],
    [
      'an enrichment that did not arrive',
      COPY("rank + bitShiftLeft(toUInt256(1), 240) AS rank, version - 32768 AS version, '' AS odihr_area"),
      'report_differs',
      ['version', 'stage', 'odihr_area'],
    ],
    [
      'an event that is not there',
      'DELETE FROM baqylau.report_events_store WHERE (topic, partition, offset) = (SELECT topic, partition, max(offset) FROM baqylau.report_events GROUP BY topic, partition ORDER BY topic, partition LIMIT 1)',
      'event_missing',
      undefined,
    ],
    [
      'a dead letter that is not there',
      'DELETE FROM baqylau.dead_letters_store WHERE offset = (SELECT min(offset) FROM baqylau.dead_letters)',
      'dead_letter_missing',
      undefined,
    ],
    [
      'a name of an akimat that is another',
      "INSERT INTO baqylau.akimats_store SELECT * REPLACE ('x' AS name_en) FROM baqylau.akimats WHERE code = 'KZ-75' AND valid_to IS NULL",
      'akimat_differs',
      undefined,
    ],
    [
      'an event beyond the end of the log',
      'INSERT INTO baqylau.report_events_store SELECT * REPLACE (offset + 1000000 AS offset) FROM baqylau.report_events_store FINAL LIMIT 1',
      'event_extra',
      undefined,
    ],
    [
      'a time of receipt that is another',
      `INSERT INTO baqylau.report_received_store SELECT report_id, author, toDateTime64('2005-01-01', 3, 'UTC') FROM baqylau.report_received_store WHERE ${oneReport}`,
      'report_differs',
      ['received_at'],
    ],
  ])(
    'is seen: %s',
    async (_damage, sql, kind, columns) => {
      const { code, document, said } = await damaged(sql)
      expect({ code, said }).toMatchObject({ code: 1 })
      expect(document.agrees).toBe(false)
      expect(Object.keys(document.differences.byKind)).toContain(kind)
      const found = document.differences.first.find((difference) => difference.kind === kind)
      expect(found?.columns).toEqual(columns)
    },
    180_000,
  )

  it('is gone when it is mended', async () => {
    expect((await verify()).document).toMatchObject({ agrees: true, differences: { total: 0 } })
  }, 180_000)
})

describe('a log that goes on', () => {
  it('gives no false alarm', async () => {
    const over = new AbortController()
    const sending = (async () => {
      for (let count = 0; count < 200 && !over.signal.aborted; count += 1)
        await sendEvents(
          histories.slice(0, 20).map((event) => Object.assign({}, event, { subject: randomUUID() })),
        )
    })()
    const verifying = verify()
    await verifying.finally(() => over.abort())
    await sending
    expect((await verifying).document.differences.total).toBe(0)
    const { code, document } = await verify()
    expect(document).toMatchObject({ agrees: true, differences: { total: 0 } })
    expect(code).toBe(0)
  }, 300_000)
})

describe('what cannot be looked at', () => {
  it('is told with exit code 1 when the lander is away', async () => {
    const [, , lander] = services
    await lander?.stop()
    await sendEvents(histories.slice(0, 1))
    const { code, document } = await verify('--wait', '1')
    expect(code).toBe(1)
    expect(document).toMatchObject({ code: 'read_side_not_ready' })
  }, 180_000)

  it('leaves no file behind when it is interrupted, and does not agree', async () => {
    const command = startBaqylau(['verify', '--wait', '60', '--directory', folder], environment)
    await vi.waitFor(() => expect(spilled()).toHaveLength(1), { timeout: 60_000, interval: 50 })
    command.child.kill('SIGINT')
    expect((await command.ended).code).toBe(1)
    expect(spilled()).toEqual([])
  }, 180_000)
})
