import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type ClickHouse, migrate, openClickHouse } from '@baqylau/clickhouse'
import { type Report, reportSubmitted, topicName, topicSpecifications } from '@baqylau/contracts'
import { type ManagedProcess, pickFreePort, type Stack, startProcess, startStack } from '@baqylau/infra-local'
import { type LogAdmin, type LogProducer, openAdmin, openProducer } from '@baqylau/kafka'
import { createTelemetry, newSecret, untilItPasses } from '@baqylau/service-kit'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type StageName, startService } from '../support/service-process.ts'

const PREFIX = 'rebalance.'
const REPORTS = topicName(PREFIX, 'reports')
const PARTITIONS = 6
const STAGES = ['dispatcher', 'enricher', 'lander'] as const
/** All of them are in groups, and have had others join and leave several times. */
const ROUNDS = 3
/** Some 300 reports a second: a stream that is always there, and no flood. */
const BATCH = 60
const PAUSE_MS = 200
const TEST_MS_MAX = 180_000
const PATIENCE = { timeout: 90_000, interval: 200 }
const ROOT = join(import.meta.dirname, '..', '..')
const dataDir = mkdtempSync(join(tmpdir(), 'baqylau-rebalance-'))
const secretFile = join(dataDir, 'secret')
const { log } = createTelemetry('test', 'silent')
const sample = JSON.parse(
  readFileSync(join(ROOT, 'test', 'fixtures', 'autumn-2005.ndjson'), 'utf8').split('\n')[0] ?? '',
) as Report

let stack: Stack
let clickhouse: ClickHouse
let admin: LogAdmin
let producer: LogProducer
const services = new Map<StageName, ManagedProcess>()

const environment = (): Readonly<Record<string, string>> => ({
  ...stack.env,
  KAFKA_TOPIC_PREFIX: PREFIX,
  SECRET_FILE: secretFile,
})

/** As the local stack runs it: what exits is started again. */
const supervise = async (name: StageName): Promise<ManagedProcess> => {
  const port = await pickFreePort()
  return startProcess({
    name,
    command: [process.execPath, join(ROOT, 'services', name, 'src', 'main.ts')],
    env: { ...environment(), [`${name.toUpperCase()}_PORT`]: String(port) },
    logFile: join(dataDir, 'logs', `${name}.log`),
    isReady: async () => (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok === true,
    restartsOnExit: true,
  })
}

beforeAll(async () => {
  stack = await startStack({ dataDir })
  writeFileSync(secretFile, newSecret())
  const kafka = { brokers: stack.env['KAFKA_BROKERS'] ?? '', clientId: 'test', log }
  admin = await openAdmin(kafka)
  await admin.ensureTopics(topicSpecifications(PREFIX, PARTITIONS))
  producer = openProducer({ ...kafka, sendMsMax: 10_000 })
  clickhouse = openClickHouse({
    url: stack.env['CLICKHOUSE_URL'] ?? '',
    user: stack.env['CLICKHOUSE_USER'] ?? '',
    password: stack.env['CLICKHOUSE_PASSWORD'] ?? '',
    requestMsMax: 30_000,
  })
  await migrate(clickhouse, join(ROOT, 'infra', 'clickhouse', 'migrations'))
  const started = await Promise.all(STAGES.map(async (name) => [name, await supervise(name)] as const))
  for (const [name, service] of started) services.set(name, service)
}, 120_000)
afterAll(async () => {
  await Promise.all([...services.values()].map((service) => service.stop()))
  await producer.close()
  await admin.close()
  await clickhouse.close()
  await stack.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const submitted = (reportId: string): string =>
  JSON.stringify(
    reportSubmitted({
      report: { ...sample, reportId },
      reportId,
      author: 'rebalance',
      contentHash: randomBytes(32).toString('hex'),
      receiptHash: randomBytes(32).toString('hex'),
      receivedAt: new Date('2005-10-19T10:00:00Z'),
    }),
  )

/** Sends all the time until it is told to stop, and tells then what was acknowledged. */
const sendSteadily = () => {
  const over = new AbortController()
  const acknowledged: string[] = []
  const run = async (): Promise<readonly string[]> => {
    while (!over.signal.aborted) {
      const ids = Array.from({ length: BATCH }, () => randomUUID())
      await untilItPasses(
        () => producer.send(ids.map((id) => ({ topic: REPORTS, key: id, value: submitted(id) }))),
        { signal: AbortSignal.timeout(60_000), onFault: () => undefined },
      )
      acknowledged.push(...ids)
      await delay(PAUSE_MS)
    }
    return acknowledged
  }
  const running = run()
  return {
    end: () => {
      over.abort()
      return running
    },
  }
}

/** A second one joins, takes its share, and leaves: in order, or killed. */
const comeAndGo = async (name: StageName, killed: boolean): Promise<void> => {
  const second = await startService(name, environment())
  await vi.waitFor(async () => expect((await second.health('readyz')).checks['kafka']).toBe('ok'), PATIENCE)
  if (killed) second.child.kill('SIGKILL')
  else expect((await second.stop()).code).toBe(0)
}

const lag = async (group: string): Promise<number | undefined> =>
  (await admin.lagOf(`${PREFIX}${group}`, [REPORTS]))[0]?.lag

const allHaveArrived = (ids: readonly string[]) =>
  vi.waitFor(async () => {
    const rows = await clickhouse.query<{ stage: string; n: string }>(
      `SELECT stage, count() AS n FROM baqylau.current_reports WHERE report_id IN {ids:Array(UUID)} GROUP BY stage`,
      { ids },
    )
    expect(rows).toEqual([{ stage: 'enriched', n: String(ids.length) }])
    expect([await lag('dispatcher'), await lag('lander')]).toEqual([0, 0])
  }, PATIENCE)

it(
  'loses nothing while second instances come and go under traffic, and goes on with all partitions',
  async () => {
    const traffic = sendSteadily()
    for (let round = 0; round < ROUNDS; round += 1) {
      const killed = round === ROUNDS - 1
      await Promise.all([comeAndGo('dispatcher', killed), comeAndGo('lander', killed)])
    }
    const ids = await traffic.end()
    expect(ids.length).toBeGreaterThan(BATCH)
    await allHaveArrived(ids)
  },
  TEST_MS_MAX,
)

it(
  'loses nothing when the broker is killed and comes back under traffic, and each service goes on',
  async () => {
    const traffic = sendSteadily()
    stack.kafka?.kill('SIGKILL')
    await vi.waitFor(() => expect(stack.kafka?.isRunning).toBe(false), PATIENCE)
    await stack.kafka?.restart()
    const ids = await traffic.end()
    await allHaveArrived(ids)
  },
  TEST_MS_MAX,
)
