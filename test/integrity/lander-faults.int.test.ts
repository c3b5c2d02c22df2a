import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClickHouse, migrate, openClickHouse } from '@baqylau/clickhouse'
import { type Report, reportSubmitted, topicName, topicSpecifications } from '@baqylau/contracts'
import { type Stack, startStack } from '@baqylau/infra-local'
import { type LogAdmin, type LogProducer, openAdmin, openProducer } from '@baqylau/kafka'
import { createTelemetry } from '@baqylau/service-kit'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { type HttpForwarder, openHttpForwarder, type Refusal } from '../support/http-forwarder.ts'
import { type ServiceProcess, startService } from '../support/service-process.ts'
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

const PATIENCE = { timeout: 45_000, interval: 100 }
const PARTITIONS = 3
const ROOT = join(import.meta.dirname, '..', '..')
const dataDir = mkdtempSync(join(tmpdir(), 'baqylau-lander-faults-'))
const { log } = createTelemetry('test', 'silent')
const samples = readFileSync(join(ROOT, 'test', 'fixtures', 'autumn-2005.ndjson'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Report)

let stack: Stack
let clickhouse: ClickHouse
let producer: LogProducer
let admin: LogAdmin
/** Before ClickHouse; and before it, a forwarder that knows HTTP. */
let proxy: TcpProxy
let forwarder: HttpForwarder
let prefix: string
let author: string
const running = new Set<ServiceProcess>()

beforeAll(async () => {
  // A ClickHouse of its own, so that whole views can be counted.
  stack = await startStack({
    dataDir,
    external: { kafkaBrokers: process.env['KAFKA_BROKERS'] ?? '', redisUrl: 'redis://none:1' },
  })
  const kafka = { brokers: process.env['KAFKA_BROKERS'] ?? '', clientId: 'test', log }
  admin = await openAdmin(kafka)
  producer = openProducer({ ...kafka, sendMsMax: 10_000 })
  clickhouse = openClickHouse({
    url: stack.env['CLICKHOUSE_URL'] ?? '',
    user: stack.env['CLICKHOUSE_USER'] ?? '',
    password: stack.env['CLICKHOUSE_PASSWORD'] ?? '',
    requestMsMax: 30_000,
  })
  await migrate(clickhouse, join(ROOT, 'infra', 'clickhouse', 'migrations'))
  proxy = await openTcpProxy(Number(new URL(stack.env['CLICKHOUSE_URL'] ?? '').port))
  forwarder = await openHttpForwarder(`http://127.0.0.1:${proxy.port}`)
})
afterAll(async () => {
  await forwarder.close()
  await proxy.close()
  await producer.close()
  await admin.close()
  await clickhouse.close()
  await stack.stop()
  rmSync(dataDir, { recursive: true, force: true })
})
beforeEach(async () => {
  prefix = `lander-faults-${randomUUID().slice(0, 8)}.`
  author = `author-${randomUUID()}`
  await admin.ensureTopics(topicSpecifications(prefix, PARTITIONS))
})
afterEach(() => {
  proxy.conduct({ kind: 'pass' })
  for (const { child } of running) child.kill('SIGKILL')
  running.clear()
})

const startLander = async (): Promise<ServiceProcess> => {
  const lander = await startService('lander', {
    ...stack.env,
    CLICKHOUSE_URL: forwarder.url,
    KAFKA_TOPIC_PREFIX: prefix,
    LANDER_INSERT_MS_MAX: '2000',
    // Several blocks, of which some land and some do not.
    LANDER_BATCH_ROWS_MAX: '20',
  })
  running.add(lander)
  return lander
}

const submitted = (index: number): string =>
  JSON.stringify(
    reportSubmitted({
      report: samples[index % samples.length] as Report,
      reportId: randomUUID(),
      author,
      contentHash: randomBytes(32).toString('hex'),
      receiptHash: randomBytes(32).toString('hex'),
      receivedAt: new Date('2005-10-19T10:00:00Z'),
    }),
  )
const send = (count: number): Promise<void> =>
  producer.send(
    Array.from({ length: count }, (_, index) => ({
      topic: topicName(prefix, 'reports'),
      key: String(index),
      value: submitted(index),
    })),
  )
const countOf = async (sql: string): Promise<number> =>
  Number(Object.values((await clickhouse.query<Record<string, string>>(sql, { author }))[0] ?? {})[0])
const lag = async (): Promise<number | undefined> =>
  (await admin.lagOf(`${prefix}lander`, [topicName(prefix, 'reports')]))[0]?.lag
const metric = async (lander: ServiceProcess, name: RegExp): Promise<number> =>
  Number(new RegExp(`^baqylau_lander_${name.source} (\\d+)$`, 'm').exec(await lander.metrics())?.[1] ?? 0)

/** Everything is there, and once, in whatever an analyst can ask. */
const expectEachOnce = async (reports: number): Promise<void> => {
  await vi.waitFor(async () => expect(await lag()).toBe(0), PATIENCE)
  const own = 'WHERE author = {author:String}'
  expect(await countOf(`SELECT count() FROM baqylau.report_events ${own}`)).toBe(reports)
  expect(await countOf(`SELECT count() FROM baqylau.reports ${own}`)).toBe(reports)
  expect(await countOf(`SELECT count() FROM baqylau.current_reports ${own}`)).toBe(reports)
  const all = await countOf('SELECT count() FROM baqylau.current_reports')
  expect(await countOf('SELECT sum(reports) FROM baqylau.akimat_daily')).toBe(all)
  expect(await countOf('SELECT count() FROM baqylau.dead_letters')).toBe(0)
}

it.each(['lose_answers', 'keep_silent'] as const)(
  'lands each report once when ClickHouse has inserted and its answer is lost: %s',
  async (kind) => {
    const lander = await startLander()
    await send(30)
    await expectEachOnce(30)
    const before = proxy.answersLost()
    proxy.conduct({ kind })
    await send(90)
    await vi.waitFor(() => expect(proxy.answersLost() - before).toBeGreaterThan(2), PATIENCE)
    // Inserted, several times even, and not committed: nobody heard of it.
    await vi.waitFor(
      async () =>
        expect(
          await countOf('SELECT count() FROM baqylau.reports WHERE author = {author:String}'),
        ).toBeGreaterThan(30),
      PATIENCE,
    )
    expect(await lag()).toBe(90)
    proxy.conduct({ kind: 'pass' })
    await expectEachOnce(120)
    expect(lander.child.exitCode).toBeNull()
  },
)

it('lands each report once when ClickHouse answers slowly', async () => {
  await startLander()
  proxy.conduct({ kind: 'delay', delayMs: 400 })
  await send(90)
  await expectEachOnce(90)
  expect(proxy.cut()).toBeGreaterThan(0)
})

it.each(['before', 'after'] as const satisfies readonly Refusal[])(
  'lands each report once when one insert is answered 503, %s it was done',
  async (when) => {
    const lander = await startLander()
    const refused = forwarder.refused()
    forwarder.refuseNext(when)
    await send(90)
    await expectEachOnce(90)
    expect(forwarder.refused()).toBe(refused + 1)
    expect(await metric(lander, /faults_total\{of="clickhouse".*\}/)).toBe(1)
  },
)

it('holds no more of the log while ClickHouse is away, however often others come and go', async () => {
  proxy.conduct({ kind: 'refuse' })
  proxy.cut()
  const lander = await startLander()
  await send(200)
  await vi.waitFor(
    async () => expect(await metric(lander, /pending_bytes\{.*\}/)).toBeGreaterThan(0),
    PATIENCE,
  )
  const held = await metric(lander, /pending_bytes\{.*\}/)
  for (let round = 0; round < 3; round += 1) {
    const second = await startLander()
    await vi.waitFor(async () => expect((await second.health('readyz')).checks['kafka']).toBe('ok'), PATIENCE)
    expect((await second.stop()).code).toBe(0)
    running.delete(second)
    await vi.waitFor(async () => expect((await lander.health('readyz')).checks['kafka']).toBe('ok'), PATIENCE)
  }
  // What is being tried, and what was read again since.
  expect(await metric(lander, /pending_bytes\{.*\}/)).toBeLessThanOrEqual(2 * held)
  const { status, checks } = await lander.health('readyz')
  expect([status, checks['clickhouse']]).toEqual([503, expect.stringContaining('ClickHouse')])
  expect((await lander.health('healthz')).status).toBe(200)
  proxy.conduct({ kind: 'pass' })
  await expectEachOnce(200)
  expect(await metric(lander, /pending_bytes\{.*\}/)).toBe(0)
})
