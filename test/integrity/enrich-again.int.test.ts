import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClickHouse, migrate, openClickHouse } from '@baqylau/clickhouse'
import { type Report, reportSubmitted, topicName, topicSpecifications } from '@baqylau/contracts'
import { type Stack, startStack } from '@baqylau/infra-local'
import { type LogAdmin, type LogProducer, openAdmin, openProducer } from '@baqylau/kafka'
import { createTelemetry, newSecret } from '@baqylau/service-kit'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startBaqylau } from '../support/baqylau-command.ts'
import { MIGRATIONS } from '../support/own-clickhouse.ts'
import { type ServiceProcess, startService } from '../support/service-process.ts'

const PREFIX = 'again.'
const REPORTS = topicName(PREFIX, 'reports')
const COUNT = 1500
const PATIENCE = { timeout: 120_000, interval: 200 }
const TEST_MS_MAX = 300_000
const NEXT_VERSION = `--import ${import.meta.resolve('../support/raise-enrichment-version.ts')}`
const dataDir = mkdtempSync(join(tmpdir(), 'baqylau-again-'))
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
  for (const stage of ['lander', 'dispatcher', 'enricher'] as const)
    services.push(await startService(stage, env))
}, TEST_MS_MAX)
afterAll(async () => {
  for (const { child } of services) child.kill('SIGKILL')
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
      author: 'again',
      contentHash: randomBytes(32).toString('hex'),
      receiptHash: randomBytes(32).toString('hex'),
      receivedAt: new Date('2005-10-19T10:00:00Z'),
    }),
  )
const versions = (): Promise<readonly unknown[]> =>
  clickhouse.query(
    `SELECT stage, bitAnd(version, 16383) AS enrichment, toUInt32(count()) AS n FROM baqylau.reports GROUP BY ALL`,
  )
const enrichedBy = (enrichment: number) => [{ stage: 'enriched', enrichment: String(enrichment), n: COUNT }]
const reportsDone = async (group: string): Promise<bigint> =>
  (await admin.committedOffsets(`${PREFIX}${group}`, [REPORTS])).reduce((sum, { offset }) => sum + offset, 0n)

it(
  'after an upgrade of the enrichers every report stands as the new version has it, though the command was killed',
  async () => {
    const values = Array.from({ length: COUNT }, (_, index) => submitted(index))
    await producer.send(values.map((value) => ({ topic: REPORTS, key: randomUUID(), value })))
    await vi.waitFor(async () => expect(await versions()).toEqual(enrichedBy(1)), PATIENCE)
    await services.pop()?.stop()

    // While no enricher runs, the queue fills up, and the command waits.
    const first = startBaqylau(['rebuild', '--enrich'], env)
    const group = await vi.waitFor(async () => {
      const [row] = await clickhouse.query<{ document: string }>(
        "SELECT document FROM baqylau_rebuild.rebuild_journal WHERE part = 'state' ORDER BY saved DESC LIMIT 1",
      )
      const { runId } = JSON.parse(row?.document ?? '{}') as { readonly runId: string }
      expect(runId).toBeTypeOf('string')
      return `rebuild-${runId}`
    }, PATIENCE)
    services.push(await startService('enricher', { ...env, NODE_OPTIONS: NEXT_VERSION }))
    await vi.waitFor(async () => expect(await reportsDone(group)).toBeGreaterThan(0n), PATIENCE)
    first.child.kill('SIGKILL')
    await first.ended
    expect((await versions()).length).toBeGreaterThan(0)

    const second = await startBaqylau(['rebuild', '--enrich'], env).ended
    expect(second).toMatchObject({
      code: 0,
      document: { enrichments: [{ stage: 'enriched', enrichmentVersion: 2, reports: COUNT }] },
    })
    expect(second.said).toContain('Going on')
    expect(await versions()).toEqual(enrichedBy(2))
    // The group is gone, and with it the second dispatcher: also the one whose parent was killed.
    expect(await reportsDone(group)).toBe(0n)
    expect(await reportsDone('dispatcher')).toBe(BigInt(COUNT))
  },
  TEST_MS_MAX,
)
