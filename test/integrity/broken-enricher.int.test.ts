import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Report, reportSubmitted, topicName, topicSpecifications } from '@baqylau/contracts'
import { gatherSends, type LogAdmin, type LogProducer, openAdmin, openProducer } from '@baqylau/kafka'
import { type JobWorker, startJobWorker } from '@baqylau/queue'
import { createTelemetry, deriveKeys, newSecret } from '@baqylau/service-kit'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { kafkaEnrichmentLog } from '../../services/enricher/src/adapters/kafka-enrichment-log.ts'
import { createEnricher } from '../../services/enricher/src/app.ts'
import type { Step } from '../../services/enricher/src/domain/step.ts'
import { stepsWith } from '../../services/enricher/src/domain/step-order.ts'
import { createEnricherTelemetry } from '../../services/enricher/src/telemetry.ts'
import { type ServiceProcess, startService } from '../support/service-process.ts'

const PREFIX = `broken-${randomUUID().slice(0, 8)}.`
const TOPICS = ['reports', 'enrichments', 'dead-letters'].map((topic) => `${PREFIX}${topic}`)
const REPORTS = topicName(PREFIX, 'reports')
const PATIENCE = { timeout: 45_000, interval: 100 }
const NOWHERE = {
  regionCode: null,
  regionCodeToday: null,
  settlement: null,
  method: null,
  confidence: 0,
  reason: 'nothing_recognised',
  candidates: [],
} as const
const folder = mkdtempSync(join(tmpdir(), 'baqylau-broken-'))
const secret = newSecret()
const { log } = createTelemetry('test', 'silent')
const kafka = { brokers: process.env['KAFKA_BROKERS'] ?? '', clientId: 'test', log }
const redisUrl = process.env['REDIS_URL'] ?? ''
const sample = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', 'fixtures', 'autumn-2005.ndjson'), 'utf8').split('\n')[0] ??
    '',
) as Report

let admin: LogAdmin
let producer: LogProducer
let dispatcher: ServiceProcess
let worker: JobWorker
let isBroken = true
let runs = 0
/** A step as a faulty deployment has it: whatever the report is. */
const broken: Step = {
  name: 'broken',
  run: () => {
    runs += 1
    if (isBroken) throw new TypeError('a file is missing')
    return {}
  },
}

beforeAll(async () => {
  const secretFile = join(folder, 'secret')
  writeFileSync(secretFile, secret)
  admin = await openAdmin(kafka)
  await admin.ensureTopics(topicSpecifications(PREFIX, 2))
  producer = openProducer({ ...kafka, sendMsMax: 10_000 })
  dispatcher = await startService('dispatcher', {
    KAFKA_BROKERS: kafka.brokers,
    REDIS_URL: redisUrl,
    KAFKA_TOPIC_PREFIX: PREFIX,
    SECRET_FILE: secretFile,
  })
  const enrich = createEnricher({
    steps: [...stepsWith(() => NOWHERE), broken],
    log: kafkaEnrichmentLog(gatherSends(producer), PREFIX),
    clock: () => new Date(),
    telemetry: createEnricherTelemetry(createTelemetry('enricher', 'silent')),
  })
  worker = startJobWorker({
    redisUrl,
    prefix: PREFIX,
    sealingKey: deriveKeys(secret).queueSealing,
    concurrency: 2,
    process: ({ payload, isLastAttempt }) => enrich(payload, isLastAttempt),
    onError: () => undefined,
  })
})
afterAll(async () => {
  dispatcher.child.kill('SIGKILL')
  await worker.close()
  await producer.close()
  await admin.close()
  rmSync(folder, { recursive: true, force: true })
})

const submitted = (): string => {
  const reportId = randomUUID()
  return JSON.stringify(
    reportSubmitted({
      report: { ...sample, reportId },
      reportId,
      author: 'broken',
      keyId: 'key-1',
      contentHash: randomBytes(32).toString('hex'),
      receiptHash: randomBytes(32).toString('hex'),
      receivedAt: new Date('2005-10-19T10:00:00Z'),
    }),
  )
}
const lag = async () => (await admin.lagOf(`${PREFIX}dispatcher`, [REPORTS]))[0]?.lag
const counts = async () => {
  const records = await admin.recordCounts(TOPICS)
  return TOPICS.map((topic) => records.get(topic))
}

it('gives up no report while a step fails on every one, and enriches them all once that is mended', async () => {
  // A job of many, and one of a single report: neither may run out of attempts.
  const many = Array.from({ length: 20 }, () => ({
    topic: REPORTS,
    key: 'x',
    value: submitted(),
    partition: 0,
  }))
  await producer.send([...many, { topic: REPORTS, key: 'y', value: submitted(), partition: 1 }])
  // Far more runs than both jobs have attempts.
  await vi.waitFor(() => expect(runs).toBeGreaterThan(20), PATIENCE)
  expect(await counts()).toEqual([21, 0, 0])
  expect(await lag()).toBe(21)
  expect((await dispatcher.health('readyz')).checks).toMatchObject({ jobs: 'ok' })
  isBroken = false
  await vi.waitFor(async () => expect(await lag()).toBe(0), PATIENCE)
  expect(await counts()).toEqual([21, 21, 0])
})
