import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ReportEvent, topicName, topicSpecifications } from '@baqylau/contracts'
import { arbitraryHistory } from '@baqylau/contracts/testing'
import { type Stack, startStack } from '@baqylau/infra-local'
import { type LogAdmin, type LogProducer, openAdmin, openProducer } from '@baqylau/kafka'
import { createTelemetry, newSecret } from '@baqylau/service-kit'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type CommandEnd, startBaqylau } from '../support/baqylau-command.ts'
import { type ServiceProcess, type StageName, startService } from '../support/service-process.ts'

/** The restored deployment has the same names as the lost one, on other servers. */
const PREFIX = `restored-${randomUUID().slice(0, 8)}.`
const PARTITIONS = 3
const TEST_MS_MAX = 300_000
const PATIENCE = { timeout: 120_000, interval: 200 }
const directory = mkdtempSync(join(tmpdir(), 'baqylau-restored-'))
const exported = join(directory, 'log')
const secretFile = join(directory, 'secret')
const { log } = createTelemetry('test', 'silent')
const kafka = { brokers: process.env['KAFKA_BROKERS'] ?? '', clientId: 'test', log }
const reports = topicName(PREFIX, 'reports')
type Environment = Readonly<Record<string, string | undefined>>
const settings = {
  KAFKA_TOPIC_PREFIX: PREFIX,
  KAFKA_PARTITIONS: String(PARTITIONS),
  SECRET_FILE: secretFile,
}
const lost: Environment = {
  ...settings,
  KAFKA_BROKERS: kafka.brokers,
  REDIS_URL: process.env['REDIS_URL'],
}

let admin: LogAdmin
let producer: LogProducer
let stack: Stack
let restored: Environment
const services: ServiceProcess[] = []

/** What people send: the enrichments are the enricher's. */
const isSent = (event: ReportEvent): boolean => !event.type.includes('enriched')
const histories = fc.sample(arbitraryHistory, { numRuns: 60, seed: 11 }).flat().filter(isSent)

const start = async (stages: readonly StageName[], env: Environment): Promise<readonly ServiceProcess[]> => {
  const started = await Promise.all(stages.map((stage) => startService(stage, env)))
  services.push(...started)
  return started
}
const baqylau = (...args: readonly string[]): Promise<CommandEnd> => startBaqylau(args, restored).ended

beforeAll(async () => {
  writeFileSync(secretFile, newSecret(), { mode: 0o600 })
  admin = await openAdmin(kafka)
  await admin.ensureTopics(topicSpecifications(PREFIX, PARTITIONS))
  producer = openProducer({ ...kafka, sendMsMax: 20_000 })
  stack = await startStack({ dataDir: join(directory, 'stack') })
  restored = { ...stack.env, ...settings }
}, TEST_MS_MAX)
afterAll(async () => {
  for (const { child } of services) child.kill('SIGKILL')
  await producer.close()
  await admin.close()
  await stack.stop()
  rmSync(directory, { recursive: true, force: true })
})

/** A log with enrichments and dead letters, and its export, after which its deployment is lost. */
const exportEnriched = async (): Promise<void> => {
  const stages = await start(['dispatcher', 'enricher'], lost)
  await producer.send([
    ...histories.map((event) => ({ topic: reports, key: event.subject, value: JSON.stringify(event) })),
    { topic: reports, key: 'poison', value: 'no JSON' },
  ])
  await vi.waitFor(async () => {
    const [lag] = await admin.lagOf(`${PREFIX}dispatcher`, [reports])
    expect(lag?.lag).toBe(0)
  }, PATIENCE)
  for (const stage of stages) await stage.stop()
  expect(await startBaqylau(['export-log', exported], lost).ended).toMatchObject({ code: 0 })
  const counts = await admin.recordCounts(
    (['enrichments', 'dead-letters'] as const).map((topic) => topicName(PREFIX, topic)),
  )
  for (const count of counts.values()) expect(count).toBeGreaterThan(0)
}

it(
  'brings a deployment back from an export: the imported log lands, and the read side agrees with it',
  async () => {
    await exportEnriched()
    expect(await baqylau('topics')).toMatchObject({ code: 0 })
    expect(await baqylau('migrate')).toMatchObject({ code: 0 })
    expect(await baqylau('import-log', exported)).toMatchObject({ code: 0, document: { alreadyThere: 0 } })
    await start(['dispatcher', 'enricher', 'lander'], restored)
    const { code, document, said } = await baqylau('verify', '--wait', '120', '--directory', directory)
    expect({ code, document, said }).toMatchObject({
      code: 0,
      document: { agrees: true, waiting: 0, changing: 0, differences: { total: 0 } },
    })
    const { compared } = document as { readonly compared: Readonly<Record<string, number>> }
    expect(compared['reports']).toBeGreaterThan(50)
    expect(compared['deadLetters']).toBeGreaterThan(0)
  },
  TEST_MS_MAX,
)
