import { randomBytes, randomUUID } from 'node:crypto'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClickHouse, migrate, openClickHouse } from '@baqylau/clickhouse'
import {
  EVENT_TYPES,
  eventIdOf,
  type Report,
  type ReportRetracted,
  reportSubmitted,
  type ReportSubmitted,
  topicName,
  topicSpecifications,
} from '@baqylau/contracts'
import { type Stack, startStack } from '@baqylau/infra-local'
import { type LogAdmin, type LogProducer, openAdmin, openProducer } from '@baqylau/kafka'
import { createTelemetry, newSecret } from '@baqylau/service-kit'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type ServiceProcess, startService } from '../support/service-process.ts'

const PREFIX = 'landing.'
const REPORTS = topicName(PREFIX, 'reports')
const LETTERS = topicName(PREFIX, 'dead-letters')
const MIGRATIONS = join(import.meta.dirname, '..', '..', 'infra', 'clickhouse', 'migrations')
const PATIENCE = { timeout: 45_000, interval: 100 }
const dataDir = mkdtempSync(join(tmpdir(), 'baqylau-landing-'))
const { log } = createTelemetry('test', 'silent')
const samples = readFileSync(join(import.meta.dirname, '..', 'fixtures', 'autumn-2005.ndjson'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Report)

let stack: Stack
let clickhouse: ClickHouse
let producer: LogProducer
let admin: LogAdmin
let lander: ServiceProcess

beforeAll(async () => {
  stack = await startStack({ dataDir, external: { redisUrl: 'redis://none:1' } })
  const kafka = { brokers: stack.env['KAFKA_BROKERS'] ?? '', clientId: 'test', log }
  admin = await openAdmin(kafka)
  await admin.ensureTopics(topicSpecifications(PREFIX, 3))
  producer = openProducer({ ...kafka, sendMsMax: 10_000 })
  clickhouse = openClickHouse({
    url: stack.env['CLICKHOUSE_URL'] ?? '',
    user: stack.env['CLICKHOUSE_USER'] ?? '',
    password: stack.env['CLICKHOUSE_PASSWORD'] ?? '',
    requestMsMax: 10_000,
  })
})
afterAll(async () => {
  lander.child.kill('SIGKILL')
  await producer.close()
  await admin.close()
  await clickhouse.close()
  await stack.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const submitted = (index: number): ReportSubmitted =>
  reportSubmitted({
    report: samples[index % samples.length] as Report,
    reportId: randomUUID(),
    author: 'landing',
    keyId: 'key-1',
    contentHash: randomBytes(32).toString('hex'),
    receiptHash: randomBytes(32).toString('hex'),
    receivedAt: new Date('2005-10-19T10:00:00Z'),
  })

const retracted = ({ subject, author, contenthash, receipthash }: ReportSubmitted): ReportRetracted => ({
  specversion: '1.0',
  datacontenttype: 'application/json',
  type: EVENT_TYPES.retracted,
  id: eventIdOf({
    type: EVENT_TYPES.retracted,
    reportId: subject,
    author,
    revision: 2,
    contentHash: contenthash,
  }),
  source: 'urn:baqylau:intake',
  time: '2005-10-20T10:00:00.000Z',
  subject,
  author,
  revision: 2,
  contenthash,
  receipthash,
  data: { personal: { reason: 'sent by mistake' }, sealing: 'none' },
})

const send = (values: readonly string[], key?: string): Promise<void> =>
  producer.send(values.map((value, index) => ({ topic: REPORTS, key: key ?? String(index), value })))
const countOf = async (sql: string): Promise<number> =>
  Number((await clickhouse.query<{ n: string }>(`SELECT count() AS n FROM ${sql}`))[0]?.n)
const lag = async (): Promise<number | undefined> => (await admin.lagOf(`${PREFIX}lander`, [REPORTS]))[0]?.lag

/** The migrations as they are while they are being applied: the last one that opens the tables for landing is still to come. */
const allBeforeTheGate = (directory: string): string => {
  const begun = mkdtempSync(join(tmpdir(), 'baqylau-migrations-'))
  const names = readdirSync(directory).toSorted()
  const gate = names.findLastIndex((name) =>
    readFileSync(join(directory, name), 'utf8').includes('ALTER TABLE baqylau.landing ADD COLUMN'),
  )
  for (const name of names.slice(0, gate)) copyFileSync(join(directory, name), join(begun, name))
  return begun
}
const landingFaults = async (): Promise<number> =>
  Number(/faults_total\{of="clickhouse".*\} (\d+)/.exec(await lander.metrics())?.[1])

it('waits for tables that are not there yet, and says in its readiness what to do', async () => {
  await send(Array.from({ length: 10 }, (_, index) => JSON.stringify(submitted(index))))
  lander = await startService('lander', { ...stack.env, KAFKA_TOPIC_PREFIX: PREFIX })
  await vi.waitFor(async () => {
    const { status, checks } = await lander.health('readyz')
    expect([status, checks['kafka']]).toEqual([503, 'ok'])
    expect(checks['clickhouse']).toContain('baqylau migrate')
  }, PATIENCE)
  expect(await lag()).toBe(10)
  await migrate(clickhouse, allBeforeTheGate(MIGRATIONS))
  const faults = await landingFaults()
  await vi.waitFor(async () => expect(await landingFaults()).toBeGreaterThan(faults), PATIENCE)
  expect(await lag()).toBe(10)
  await migrate(clickhouse, MIGRATIONS)
  await vi.waitFor(async () => expect(await countOf('baqylau.reports')).toBe(10), PATIENCE)
  await vi.waitFor(async () => expect((await lander.health('readyz')).status).toBe(200), PATIENCE)
  await vi.waitFor(async () => expect(await lag()).toBe(0), PATIENCE)
})

it('commits nothing while ClickHouse is away, and catches up when it is back', async () => {
  stack.clickhouse?.kill('SIGKILL')
  await vi.waitFor(() => expect(stack.clickhouse?.isRunning).toBe(false), PATIENCE)
  await send(Array.from({ length: 10 }, (_, index) => JSON.stringify(submitted(index))))
  await vi.waitFor(async () => expect((await lander.health('readyz')).status).toBe(503), PATIENCE)
  await vi.waitFor(
    async () => expect(await lander.metrics()).toMatch(/faults_total\{of="clickhouse".*\} [1-9]/),
    PATIENCE,
  )
  expect(await lag()).toBe(10)
  await stack.clickhouse?.restart()
  await vi.waitFor(async () => expect(await countOf('baqylau.reports')).toBe(20), PATIENCE)
  await vi.waitFor(async () => expect(await lag()).toBe(0), PATIENCE)
  expect((await lander.health('healthz')).status).toBe(200)
})

it('makes rows of dead_letters of what it cannot read, and lands what is beside it', async () => {
  const good = submitted(3)
  const future = { ...good, type: 'kz.baqylau.report.submitted.v2' }
  await send(['not JSON', '{"some": "thing"}', JSON.stringify(future), JSON.stringify(good)], 'one partition')
  await vi.waitFor(async () => expect(await countOf('baqylau.dead_letters')).toBe(3), PATIENCE)
  const letters = await clickhouse.query<Record<string, unknown>>(
    'SELECT * FROM baqylau.dead_letters ORDER BY reason',
  )
  expect(letters.map(({ reason }) => reason)).toEqual([
    'event_invalid',
    'event_not_json',
    'event_version_unsupported',
  ])
  for (const letter of letters) {
    expect(letter).toMatchObject({ step: 'lander', topic: REPORTS, attempts: 1, replayed: false })
    expect(letter['detail']).toBeTypeOf('string')
  }
  await vi.waitFor(
    async () => expect(await countOf(`baqylau.reports WHERE report_id = '${good.subject}'`)).toBe(1),
    PATIENCE,
  )
})

it('counts a report once that was sent twice, and not at all once it was retracted', async () => {
  const event = submitted(5)
  const before = await countOf('baqylau.reports')
  await send([JSON.stringify(event), JSON.stringify(event), JSON.stringify(retracted(submitted(6)))])
  await vi.waitFor(async () => expect(await lag()).toBe(0), PATIENCE)
  expect(await countOf('baqylau.reports')).toBe(before + 1)
  expect(await countOf(`baqylau.report_events WHERE report_id = '${event.subject}'`)).toBe(2)
  await send([JSON.stringify(retracted(event))])
  await vi.waitFor(async () => expect(await countOf('baqylau.reports')).toBe(before), PATIENCE)
  expect(await countOf(`baqylau.current_reports WHERE report_id = '${event.subject}'`)).toBe(0)
})

describe.each([
  {
    fault: 'a column is missing',
    harm: 'ALTER TABLE baqylau.landing DROP COLUMN closes_apart',
    mend: 'ALTER TABLE baqylau.landing ADD COLUMN closes_apart Bool',
    said: /closes_apart.*baqylau migrate/,
  },
  {
    // ClickHouse would leave the column out, and take the rows.
    fault: 'a column is missing that a view fills',
    harm: 'ALTER TABLE baqylau.report_events_store RENAME COLUMN key_id TO key_id_elsewhere',
    mend: 'ALTER TABLE baqylau.report_events_store RENAME COLUMN key_id_elsewhere TO key_id',
    said: /report_events_store\.key_id/,
  },
  {
    // It would take the rows, and nothing would keep them.
    fault: 'a view is missing',
    harm: 'RENAME TABLE baqylau.landing_to_report_events TO baqylau.elsewhere',
    mend: 'RENAME TABLE baqylau.elsewhere TO baqylau.landing_to_report_events',
    said: /landing_to_report_events/,
  },
  {
    fault: 'the disk is full',
    // The server itself says so, by its own count of what is free.
    harm: 'ALTER TABLE baqylau.report_events_store MODIFY SETTING min_free_disk_bytes_to_perform_insert = 1000000000000000',
    mend: 'ALTER TABLE baqylau.report_events_store RESET SETTING min_free_disk_bytes_to_perform_insert',
    said: /NOT_ENOUGH_SPACE.*Is there room on the disk/,
  },
])('while $fault', ({ harm, mend, said }) => {
  it('gives up nothing and commits nothing, says why, and lands all of it when that is mended', async () => {
    const [before, lettersBefore] = [await countOf('baqylau.reports'), await countOf('baqylau.dead_letters')]
    await clickhouse.command(harm)
    await send(Array.from({ length: 20 }, (_, index) => JSON.stringify(submitted(index))))
    await vi.waitFor(async () => {
      const { status, checks } = await lander.health('readyz')
      expect([status, checks['clickhouse']]).toEqual([503, expect.stringMatching(said)])
    }, PATIENCE)
    const faults = await landingFaults()
    await vi.waitFor(async () => expect(await landingFaults()).toBeGreaterThan(faults + 1), PATIENCE)
    expect(await lag()).toBe(20)
    expect((await admin.recordCounts([LETTERS])).get(LETTERS)).toBe(lettersBefore)
    await clickhouse.command(mend)
    await vi.waitFor(async () => expect(await lag()).toBe(0), PATIENCE)
    expect(await countOf('baqylau.reports')).toBe(before + 20)
    expect(await countOf("baqylau.report_events WHERE key_id = '' AND NOT retracted")).toBe(0)
    await vi.waitFor(async () => expect((await lander.health('readyz')).status).toBe(200), PATIENCE)
    expect((await admin.recordCounts([LETTERS])).get(LETTERS)).toBe(lettersBefore)
  })
})

it('stops in order', async () => {
  const { code, afterMs } = await lander.stop()
  expect(code).toBe(0)
  expect(afterMs).toBeLessThan(10_000)
})

it('gives up no event, in lander and dispatcher, and says to upgrade, while all are of a version from the future', async () => {
  const secretFile = join(dataDir, 'secret')
  writeFileSync(secretFile, newSecret())
  const prefix = 'future.'
  const [reports, letters] = [topicName(prefix, 'reports'), topicName(prefix, 'dead-letters')]
  await admin.ensureTopics(topicSpecifications(prefix, 1))
  const future = JSON.stringify({ ...submitted(0), type: 'kz.baqylau.report.submitted.v2' })
  await producer.send(Array.from({ length: 50 }, () => ({ topic: reports, key: 'x', value: future })))
  const environment = {
    ...stack.env,
    REDIS_URL: process.env['REDIS_URL'],
    KAFKA_TOPIC_PREFIX: prefix,
    SECRET_FILE: secretFile,
  }
  const standsStill = async (name: 'lander' | 'dispatcher'): Promise<void> => {
    const service = await startService(name, environment)
    onTestFinished(() => void service.child.kill('SIGKILL'))
    await vi.waitFor(async () => {
      const { status, checks } = await service.health('readyz')
      expect([status, checks['events']]).toEqual([503, expect.stringContaining('upgrade this service')])
    }, PATIENCE)
    // It ends after a while, to look anew when its supervisor starts it again.
    await vi.waitFor(() => expect(service.child.exitCode).toBe(1), PATIENCE)
    expect(await admin.lagOf(`${prefix}${name}`, [reports])).toEqual([{ topic: reports, lag: 50 }])
  }
  await Promise.all([standsStill('lander'), standsStill('dispatcher')])
  expect((await admin.recordCounts([letters])).get(letters)).toBe(0)
}, 120_000)
