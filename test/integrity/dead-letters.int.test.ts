import { execFile } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type ClickHouse, openClickHouse } from '@baqylau/clickhouse'
import {
  eventDeadLettered,
  type Report,
  reportSubmitted,
  topicName,
  topicSpecifications,
} from '@baqylau/contracts'
import { type Stack, startStack } from '@baqylau/infra-local'
import { deadLetterRecord, type LogAdmin, type LogProducer, openAdmin, openProducer } from '@baqylau/kafka'
import { createTelemetry, newSecret } from '@baqylau/service-kit'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { migrateReadSide } from '../../services/ops/src/commands/migrate.ts'
import { readMigrateConfig } from '../../services/ops/src/config.ts'
import { type ServiceProcess, startService } from '../support/service-process.ts'

const PREFIX = 'letters.'
const REPORTS = topicName(PREFIX, 'reports')
const PATIENCE = { timeout: 45_000, interval: 100 }
const ROOT = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'baqylau-letters-'))
const { log } = createTelemetry('test', 'silent')
const sample = JSON.parse(
  readFileSync(join(ROOT, 'test', 'fixtures', 'autumn-2005.ndjson'), 'utf8').split('\n')[0] ?? '',
) as Report

let stack: Stack
let clickhouse: ClickHouse
let admin: LogAdmin
let producer: LogProducer
let environment: Readonly<Record<string, string | undefined>>
const services: ServiceProcess[] = []

beforeAll(async () => {
  stack = await startStack({ dataDir: folder })
  const secretFile = join(folder, 'secret')
  writeFileSync(secretFile, newSecret())
  environment = { ...stack.env, KAFKA_TOPIC_PREFIX: PREFIX, SECRET_FILE: secretFile }
  const kafka = { brokers: stack.env['KAFKA_BROKERS'] ?? '', clientId: 'test', log }
  admin = await openAdmin(kafka)
  await admin.ensureTopics(topicSpecifications(PREFIX, 2))
  producer = openProducer({ ...kafka, sendMsMax: 10_000 })
  const readSide = readMigrateConfig(environment)
  await migrateReadSide(readSide)
  clickhouse = openClickHouse({
    url: readSide.CLICKHOUSE_URL,
    user: readSide.CLICKHOUSE_USER,
    password: readSide.CLICKHOUSE_PASSWORD,
    requestMsMax: 30_000,
  })
  services.push(await startService('dispatcher', environment))
  services.push(await startService('enricher', environment))
  services.push(await startService('lander', environment))
}, 120_000)
afterAll(async () => {
  for (const { child } of services) child.kill('SIGKILL')
  await producer.close()
  await admin.close()
  await clickhouse.close()
  await stack.stop()
  rmSync(folder, { recursive: true, force: true })
})

const submitted = (changes: Partial<Report> = {}, author = 'letters') => {
  const reportId = randomUUID()
  const event = reportSubmitted({
    report: { ...sample, ...changes, reportId } as Report & { readonly reportId: string },
    reportId,
    author,
    keyId: 'key-1',
    contentHash: randomBytes(32).toString('hex'),
    receiptHash: randomBytes(32).toString('hex'),
    receivedAt: new Date('2005-10-19T10:00:00Z'),
  })
  return { reportId, value: JSON.stringify(event) }
}

/** Where the next record of a partition of `reports` will be. */
const endOf = async (partition: number): Promise<string> => {
  const ends = await admin.topicEnds([REPORTS])
  return String(ends.find((each) => each.partition === partition)?.high ?? 0n)
}

/** Appends one message to partition 0 of `reports`, and tells its position. */
const append = async (value: string) => {
  const offset = await endOf(0)
  await producer.send([{ topic: REPORTS, key: 'a key', value, partition: 0 }])
  return { topic: REPORTS, partition: 0, offset }
}

interface Answer {
  readonly code: number
  readonly document: Readonly<Record<string, unknown>>
}

const baqylau = async (...args: readonly string[]): Promise<Answer> => {
  const main = join(ROOT, 'services', 'ops', 'src', 'main.ts')
  const run = promisify(execFile)(process.execPath, [main, '--json', 'dead-letters', ...args], {
    env: environment as NodeJS.ProcessEnv,
  })
  const { stdout, code = 0 } = await run
    .catch((error: unknown) => error as { code: number; stdout: string })
    .then((result: { stdout: string; code?: number }) => result)
  return { code, document: JSON.parse(stdout) as Answer['document'] }
}

const lettersOf = ({ document }: Answer) =>
  document['deadLetters'] as readonly Readonly<Record<string, unknown>>[]

const listed = async (id: string) =>
  lettersOf(await baqylau('list', '--all')).find((letter) => letter['id'] === id)
const isListed = (id: string, as: object = {}) =>
  vi.waitFor(async () => expect(await listed(id)).toMatchObject(as), PATIENCE)

it('closes what an older version gave up on, when it is replayed to one that can read it', async () => {
  const { reportId, value } = submitted()
  const position = await append(value)
  const at = new Date('2026-01-02T03:04:05.678Z')
  const left = (step: 'dispatcher' | 'lander') =>
    eventDeadLettered({
      ...position,
      step,
      reason: 'event_version_unsupported',
      detail: 'upgrade this service first',
      attempts: 1,
      firstAt: at,
      lastAt: at,
      payload: Buffer.from(value),
    })
  await producer.send([left('dispatcher'), left('lander')].map((letter) => deadLetterRecord(letter, PREFIX)))
  const ids = ['dispatcher', 'lander'].map((step) => `${step}/${REPORTS}/0/${position.offset}`)
  for (const id of ids)
    await isListed(id, { replayed: false, attempts: 1, firstAt: at.toISOString(), lastAt: at.toISOString() })
  const answer = await baqylau('replay', '--reason', 'event_version_unsupported')
  expect(answer).toMatchObject({ code: 0, document: { messages: 1 } })
  expect(lettersOf(answer).map(({ fate }) => fate)).toEqual(['closed', 'closed'])
  for (const id of ids) await isListed(id, { replayed: true })
  expect(lettersOf(await baqylau('list'))).toEqual([])
  const rows = await clickhouse.query(`SELECT stage FROM baqylau.reports WHERE report_id = '${reportId}'`)
  expect(rows).toEqual([{ stage: 'enriched' }])
})
void onTestFinished
