import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type ClickHouse, migrate, openClickHouse } from '@baqylau/clickhouse'
import {
  LANDED_TOPICS,
  replayHeaders,
  type Report,
  reportSubmitted,
  topicName,
  topicSpecifications,
} from '@baqylau/contracts'
import { type Stack, startStack } from '@baqylau/infra-local'
import { type LogAdmin, type LogProducer, openAdmin, openProducer } from '@baqylau/kafka'
import { createTelemetry, newSecret } from '@baqylau/service-kit'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type CommandEnd, startBaqylau } from '../support/baqylau-command.ts'
import { type ClickHouseWatch, type Fate, watchClickHouse } from '../support/clickhouse-watch.ts'
import { MIGRATIONS } from '../support/own-clickhouse.ts'
import { type ServiceProcess, startService } from '../support/service-process.ts'

const PREFIX = 'rebuild.'
const REPORTS = topicName(PREFIX, 'reports')
const LANDED = LANDED_TOPICS.map((topic) => topicName(PREFIX, topic))
const PATIENCE = { timeout: 90_000, interval: 200 }
const TEST_MS_MAX = 180_000
const TRAFFIC_EVERY_MS = 100
const dataDir = mkdtempSync(join(tmpdir(), 'baqylau-rebuild-'))
const { log } = createTelemetry('test', 'silent')
const samples = readFileSync(join(import.meta.dirname, '..', 'fixtures', 'autumn-2005.ndjson'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Report)

let stack: Stack
let env: Readonly<Record<string, string>>
let clickhouse: ClickHouse
let producer: LogProducer
let admin: LogAdmin
let watch: ClickHouseWatch
const services: ServiceProcess[] = []

beforeAll(async () => {
  stack = await startStack({ dataDir })
  const secretFile = join(dataDir, 'secret')
  writeFileSync(secretFile, newSecret(), { mode: 0o600 })
  env = { ...stack.env, KAFKA_TOPIC_PREFIX: PREFIX, SECRET_FILE: secretFile }
  const kafka = { brokers: env['KAFKA_BROKERS'] ?? '', clientId: 'test', log }
  admin = await openAdmin(kafka)
  await admin.ensureTopics(topicSpecifications(PREFIX, 3))
  producer = openProducer({ ...kafka, sendMsMax: 20_000 })
  clickhouse = openClickHouse({
    url: env['CLICKHOUSE_URL'] ?? '',
    user: env['CLICKHOUSE_USER'] ?? '',
    password: env['CLICKHOUSE_PASSWORD'] ?? '',
    requestMsMax: 30_000,
  })
  await migrate(clickhouse, MIGRATIONS)
  watch = await watchClickHouse(env['CLICKHOUSE_URL'] ?? '')
  services.push(await startService('lander', env))
}, TEST_MS_MAX)
afterAll(async () => {
  for (const { child } of services) child.kill('SIGKILL')
  await watch.close()
  await producer.close()
  await admin.close()
  await clickhouse.close()
  await stack.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const submitted = (index: number): string =>
  JSON.stringify(
    reportSubmitted({
      report: samples[index % samples.length] as Report,
      reportId: randomUUID(),
      author: 'rebuild',
      contentHash: randomBytes(32).toString('hex'),
      receiptHash: randomBytes(32).toString('hex'),
      receivedAt: new Date('2005-10-19T10:00:00Z'),
    }),
  )
const send = (values: readonly string[]): Promise<void> =>
  producer.send(values.map((value) => ({ topic: REPORTS, key: randomUUID(), value })))
const sendReports = (count: number): Promise<void> =>
  send(Array.from({ length: count }, (_, index) => submitted(index)))

const countOf = async (source: string): Promise<number> =>
  Number((await clickhouse.query<{ n: string }>(`SELECT count() AS n FROM ${source}`))[0]?.n)
const landed = (): Promise<void> =>
  vi.waitFor(async () => {
    const lags = await admin.lagOf(`${PREFIX}lander`, LANDED)
    expect(lags.map(({ lag }) => lag)).toEqual(LANDED.map(() => 0))
  }, PATIENCE)

/** Everything that analysts see, less when it landed. */
const everything = async (): Promise<unknown> =>
  Promise.all(
    [
      'SELECT * EXCEPT (landed_at) FROM baqylau.report_events ORDER BY topic, partition, offset',
      'SELECT * FROM baqylau.current_reports ORDER BY report_id, author',
      'SELECT * FROM baqylau.akimat_daily ORDER BY ALL',
      'SELECT * FROM baqylau.dead_letters ORDER BY ALL',
    ].map((sql) => clickhouse.query(sql)),
  )
const leftovers = (): Promise<readonly unknown[]> =>
  clickhouse.query(
    `SELECT name FROM system.tables WHERE database = 'baqylau_rebuild' OR endsWith(name, '_to_rebuild')
     UNION ALL SELECT name FROM system.databases WHERE name = 'baqylau_rebuild'`,
  )
const rebuild = (...options: readonly string[]): Promise<CommandEnd> =>
  startBaqylau(['rebuild', ...options], env).ended

it(
  'makes the same again, dead letters too, though the live tables were damaged',
  async () => {
    await sendReports(200)
    const buried = submitted(1)
    await send(['not JSON', buried.replace('submitted.v1', 'mislaid.v1')])
    await landed()
    await vi.waitFor(async () => expect(await countOf('baqylau.dead_letters')).toBe(2), PATIENCE)
    // The second of them is tried again, and lands: closed is closed, after a rebuild too.
    const [letter] = await clickhouse.query<{ partition: number; offset: string }>(
      "SELECT partition, offset FROM baqylau.dead_letters WHERE reason = 'event_type_unknown'",
    )
    if (letter === undefined) throw new Error('the dead letter is missing')
    const origin = { topic: REPORTS, ...letter, attempts: 1, firstAt: '2005-10-19T10:00:00.000Z' }
    await producer.send([{ topic: REPORTS, key: 'again', value: buried, headers: replayHeaders(origin) }])
    await vi.waitFor(
      async () => expect(await countOf('baqylau.dead_letters WHERE replayed')).toBe(1),
      PATIENCE,
    )
    await landed()
    const before = await everything()
    await clickhouse.command('TRUNCATE TABLE baqylau.report_states_store')
    await clickhouse.command('TRUNCATE TABLE baqylau.dead_letters_closed_store')
    expect(await countOf('baqylau.reports')).toBe(0)
    expect(await rebuild()).toMatchObject({ code: 0, document: { records: 205, unlanded: 2 } })
    expect(await everything()).toEqual(before)
    expect(await leftovers()).toEqual([])
  },
  TEST_MS_MAX,
)

it(
  'is not seen: no query finds a table missing, or fewer rows than one before it, while reports come in',
  async () => {
    const views = ['report_events', 'current_reports', 'akimat_daily', 'dead_letters', 'akimats']
    const seen: (readonly number[])[] = []
    const over = new AbortController()
    const traffic = async (): Promise<void> => {
      while (!over.signal.aborted) {
        await sendReports(20)
        await pause(TRAFFIC_EVERY_MS)
      }
    }
    const look = async (): Promise<void> => {
      while (!over.signal.aborted)
        seen.push(await Promise.all(views.map((view) => countOf(`baqylau.${view}`))))
    }
    const both = Promise.all([traffic(), look()])
    const end = await rebuild()
    over.abort()
    await both
    expect(end).toMatchObject({ code: 0, document: { unlanded: 2 } })
    expect(seen.length).toBeGreaterThan(5)
    for (const [index] of views.entries()) {
      const counts = seen.map((row) => row[index])
      expect(counts).toEqual(counts.toSorted((a = 0, b = 0) => a - b))
    }
    await landed()
    const after = await everything()
    expect(await rebuild()).toMatchObject({ code: 0 })
    expect(await everything()).toEqual(after)
  },
  TEST_MS_MAX,
)

/** Places to be killed at, in the order in which a rebuild comes by them. */
const DEATHS: readonly (readonly [RegExp, Fate])[] = [
  [/INSERT INTO baqylau_rebuild.landing/, 'after'],
  [/CREATE MATERIALIZED VIEW.* baqylau.landing_dead_letters_to_rebuild/, 'before'],
  [/EXCHANGE TABLES/, 'before'],
  [/EXCHANGE TABLES baqylau.report_events_store/, 'after'],
  [/DROP VIEW IF EXISTS baqylau.landing_dead_letters_to_rebuild/, 'before'],
  [/DROP DATABASE/, 'before'],
]

it(
  'killed at any place, it harms nothing, and the next one goes on',
  async () => {
    const before = await everything()
    for (const [statement, fate] of DEATHS) {
      const reached = watch.watchFor(statement, fate)
      const { child, ended } = startBaqylau(['rebuild'], { ...env, CLICKHOUSE_URL: watch.url })
      await Promise.race([reached, ended.then((end) => Promise.reject(new Error(JSON.stringify(end))))])
      child.kill('SIGKILL')
      expect(await ended).toMatchObject({ signal: 'SIGKILL' })
      expect(await everything()).toEqual(before)
    }
    const end = await rebuild()
    expect(end).toMatchObject({ code: 0 })
    expect(end.said).toContain('had begun to swap')
    expect(await everything()).toEqual(before)
    expect(await leftovers()).toEqual([])
    await sendReports(3)
    await landed()
    expect(await rebuild()).toMatchObject({ code: 0 })
  },
  2 * TEST_MS_MAX,
)

it(
  'puts no table back that another rebuild has swapped, and drops nothing while one is not in its place',
  async () => {
    const before = await everything()
    const exchange = (store: string): Promise<void> =>
      clickhouse.command(`EXCHANGE TABLES baqylau.${store} AND baqylau_rebuild.${store}`)
    const until = async (statement: RegExp, fate: Fate) => {
      const reached = watch.watchFor(statement, fate)
      const { child, ended } = startBaqylau(['rebuild'], { ...env, CLICKHOUSE_URL: watch.url })
      await Promise.race([reached, ended.then((end) => Promise.reject(new Error(JSON.stringify(end))))])
      return { child, ended }
    }
    const killed = await until(/EXCHANGE TABLES/, 'before')
    killed.child.kill('SIGKILL')
    await killed.ended
    // It stands still at its first exchange, while another does its last.
    const slow = await until(/EXCHANGE TABLES/, 'held')
    await exchange('report_states_store')
    const atTheEnd = watch.releaseAndWatchFor(/DROP VIEW/, 'held')
    await Promise.race([atTheEnd, slow.ended.then((end) => Promise.reject(new Error(JSON.stringify(end))))])
    expect(await everything()).toEqual(before)
    // And now another puts one back.
    await exchange('report_events_store')
    watch.release()
    expect(await slow.ended).toMatchObject({ code: 1, document: { code: 'read_side_not_ready' } })
    const end = await rebuild()
    expect(end).toMatchObject({ code: 0 })
    expect(end.said).toContain('had begun to swap')
    expect(await everything()).toEqual(before)
    expect(await leftovers()).toEqual([])
  },
  TEST_MS_MAX,
)

it(
  'refuses to run beside another; stopped, it says how to go on; after a migration it starts over',
  async () => {
    const reached = watch.watchFor(/INSERT INTO baqylau_rebuild.landing/, 'held')
    const first = startBaqylau(['rebuild'], { ...env, CLICKHOUSE_URL: watch.url })
    await reached
    expect(await rebuild()).toMatchObject({ code: 1, document: { code: 'already_running' } })
    first.child.kill('SIGINT')
    watch.release()
    expect(await first.ended).toMatchObject({ code: 1, document: { interrupted: true } })
    await clickhouse.command(
      "ALTER TABLE baqylau_rebuild.schema_migrations DELETE WHERE name = '0001_landing.sql' SETTINGS mutations_sync = 1",
    )
    const end = await rebuild()
    expect(end).toMatchObject({ code: 0 })
    expect(end.said).toContain('Starting over')
  },
  TEST_MS_MAX,
)

it(
  'refuses a log that does not hold what the tables hold, and leaves everything as it is',
  async () => {
    await admin.ensureTopics(topicSpecifications('another.', 3))
    const before = await everything()
    const end = await startBaqylau(['rebuild'], { ...env, KAFKA_TOPIC_PREFIX: 'another.' }).ended
    expect(end).toMatchObject({ code: 1, document: { code: 'log_differs' } })
    expect(await everything()).toEqual(before)
    const forwarders = await countOf("system.tables WHERE endsWith(name, '_to_rebuild')")
    expect(forwarders).toBe(0)
    const next = await rebuild()
    expect(next).toMatchObject({ code: 0 })
    expect(next.said).toContain('Starting over')
    expect(await everything()).toEqual(before)
  },
  TEST_MS_MAX,
)
