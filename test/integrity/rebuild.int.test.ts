import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClickHouse, migrate, openClickHouse } from '@baqylau/clickhouse'
import { type Report, reportSubmitted, topicName, topicSpecifications } from '@baqylau/contracts'
import { type Stack, startStack } from '@baqylau/infra-local'
import { type LogAdmin, type LogProducer, openAdmin, openProducer } from '@baqylau/kafka'
import { createTelemetry } from '@baqylau/service-kit'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startBaqylau } from '../support/baqylau-command.ts'
import { MIGRATIONS } from '../support/own-clickhouse.ts'
import { type ServiceProcess, startService } from '../support/service-process.ts'

const PREFIX = 'rebuild.'
const REPORTS = topicName(PREFIX, 'reports')
const PATIENCE = { timeout: 90_000, interval: 200 }
const TEST_MS_MAX = 180_000
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
let lander: ServiceProcess

beforeAll(async () => {
  stack = await startStack({ dataDir })
  env = { ...stack.env, KAFKA_TOPIC_PREFIX: PREFIX }
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
  lander = await startService('lander', env)
}, TEST_MS_MAX)
afterAll(async () => {
  lander.child.kill('SIGKILL')
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
  vi.waitFor(async () => expect((await admin.lagOf(`${PREFIX}lander`, [REPORTS]))[0]?.lag).toBe(0), PATIENCE)

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

it(
  'makes the same again, though the live tables were damaged',
  async () => {
    await sendReports(200)
    await send(['not JSON', '{"some": "thing"}'])
    await landed()
    await vi.waitFor(async () => expect(await countOf('baqylau.dead_letters')).toBe(2), PATIENCE)
    const before = await everything()
    await clickhouse.command('TRUNCATE TABLE baqylau.report_states_store')
    expect(await countOf('baqylau.reports')).toBe(0)
    const end = await startBaqylau(['rebuild'], env).ended
    expect(end).toMatchObject({ code: 0, document: { records: 204, unlanded: 2 } })
    expect(await everything()).toEqual(before)
    expect(await leftovers()).toEqual([])
  },
  TEST_MS_MAX,
)
