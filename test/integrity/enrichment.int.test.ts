import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type EventDeadLettered,
  type Report,
  type ReportEnriched,
  reportSubmitted,
  topicName,
  topicSpecifications,
} from '@baqylau/contracts'
import { type Stack, startStack } from '@baqylau/infra-local'
import {
  gatherSends,
  type LogAdmin,
  type LogConsumer,
  type LogProducer,
  openAdmin,
  openProducer,
  startConsumer,
} from '@baqylau/kafka'
import { startJobWorker } from '@baqylau/queue'
import { createTelemetry, deriveKeys, newSecret } from '@baqylau/service-kit'
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { kafkaEnrichmentLog } from '../../services/enricher/src/adapters/kafka-enrichment-log.ts'
import { createEnricher } from '../../services/enricher/src/app.ts'
import type { Step } from '../../services/enricher/src/domain/step.ts'
import { stepsWith } from '../../services/enricher/src/domain/step-order.ts'
import { createEnricherTelemetry } from '../../services/enricher/src/telemetry.ts'
import { type ServiceProcess, startService } from '../support/service-process.ts'

const PREFIX = `enrichment-${randomUUID().slice(0, 8)}.`
const REPORTS = topicName(PREFIX, 'reports')
const JOBS_IN_FLIGHT_MAX = 2
const PATIENCE = { timeout: 45_000, interval: 100 }
const MARKER = 'this one breaks the step'
const NOWHERE = {
  regionCode: null,
  regionCodeToday: null,
  settlement: null,
  method: null,
  confidence: 0,
  reason: 'nothing_recognised',
  candidates: [],
} as const
const folder = mkdtempSync(join(tmpdir(), 'baqylau-enrichment-'))
const secret = newSecret()
const { log } = createTelemetry('test', 'silent')
const kafka = { brokers: process.env['KAFKA_BROKERS'] ?? '', clientId: 'test', log }
const sample = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', 'fixtures', 'autumn-2005.ndjson'), 'utf8').split('\n')[0] ??
    '',
) as Report

let stack: Stack
let admin: LogAdmin
let producer: LogProducer
let reader: LogConsumer
let dispatcher: ServiceProcess
let environment: Readonly<Record<string, string | undefined>>
const enrichments: ReportEnriched[] = []
const letters: EventDeadLettered[] = []

beforeAll(async () => {
  // A Redis of its own, since it is wiped here.
  stack = await startStack({
    dataDir: folder,
    external: { kafkaBrokers: kafka.brokers, clickhouseUrl: 'http://none:1' },
  })
  const secretFile = join(folder, 'secret')
  writeFileSync(secretFile, secret)
  environment = {
    KAFKA_BROKERS: kafka.brokers,
    REDIS_URL: stack.env['REDIS_URL'],
    KAFKA_TOPIC_PREFIX: PREFIX,
    SECRET_FILE: secretFile,
  }
  admin = await openAdmin(kafka)
  await admin.ensureTopics(topicSpecifications(PREFIX, 3))
  producer = openProducer({ ...kafka, sendMsMax: 10_000 })
  reader = await startConsumer({
    ...kafka,
    groupId: `${PREFIX}reader`,
    topics: [topicName(PREFIX, 'enrichments'), topicName(PREFIX, 'dead-letters')],
    partitionsAtOnce: 6,
    fetchBytesMax: 1_000_000,
    graceOver: new AbortController().signal,
    onCrash: () => undefined,
    onBatch: async ({ topic, records, commit }) => {
      for (const { value } of records) {
        const event: unknown = JSON.parse(Buffer.from(value ?? []).toString('utf8'))
        if (topic.endsWith('enrichments')) enrichments.push(event as ReportEnriched)
        else letters.push(event as EventDeadLettered)
      }
      const last = records.at(-1)
      if (last !== undefined) await commit(last)
    },
  })
  dispatcher = await startService('dispatcher', {
    ...environment,
    DISPATCHER_JOBS_IN_FLIGHT_MAX: String(JOBS_IN_FLIGHT_MAX),
  })
})
afterAll(async () => {
  dispatcher.child.kill('SIGKILL')
  await reader.stop()
  await producer.close()
  await admin.close()
  await stack.stop()
  rmSync(folder, { recursive: true, force: true })
})
afterEach(() => {
  enrichments.length = 0
  letters.length = 0
})

const submitted = (narrative: string) => {
  const reportId = randomUUID()
  const event = reportSubmitted({
    report: { ...sample, reportId, narrative },
    reportId,
    author: 'enrichment',
    contentHash: randomBytes(32).toString('hex'),
    receiptHash: randomBytes(32).toString('hex'),
    receivedAt: new Date('2005-10-19T10:00:00Z'),
  })
  return { reportId, value: JSON.stringify(event) }
}
const many = (count: number) => Array.from({ length: count }, (_, index) => submitted(`№ ${index}`))
const send = (values: readonly string[]): Promise<void> =>
  producer.send(values.map((value, index) => ({ topic: REPORTS, key: String(index), value })))
const lag = async (): Promise<number | undefined> =>
  (await admin.lagOf(`${PREFIX}dispatcher`, [REPORTS]))[0]?.lag
const jobsInFlight = async (): Promise<number> =>
  Number(/^baqylau_dispatcher_jobs_in_flight\{.*\} (\d+)$/m.exec(await dispatcher.metrics())?.[1])
const startEnricher = async (): Promise<ServiceProcess> => {
  const enricher = await startService('enricher', environment)
  onTestFinished(async () => {
    expect((await enricher.stop()).code).toBe(0)
  })
  return enricher
}
const enrichedIds = (): ReadonlySet<string> => new Set(enrichments.map(({ subject }) => subject))
const allAreEnriched = (reports: readonly { readonly reportId: string }[]) =>
  vi.waitFor(() => {
    const ids = enrichedIds()
    expect(reports.filter(({ reportId }) => !ids.has(reportId))).toEqual([])
  }, PATIENCE)
const allIsCommitted = () => vi.waitFor(async () => expect(await lag()).toBe(0), PATIENCE)

const wipeRedis = async (): Promise<void> => {
  const socket = connect(Number(new URL(stack.env['REDIS_URL'] ?? '').port), '127.0.0.1')
  socket.write('FLUSHALL\r\n')
  await once(socket, 'data')
  socket.destroy()
}

it('commits only what is enriched, and has no more in the queue than it may', async () => {
  const reports = many(1000)
  await send(reports.map(({ value }) => value))
  await vi.waitFor(async () => expect(await jobsInFlight()).toBe(JOBS_IN_FLIGHT_MAX), PATIENCE)
  expect(await lag()).toBe(1000)
  await startEnricher()
  let most = 0
  await vi.waitFor(async () => {
    most = Math.max(most, await jobsInFlight())
    // Never committed before it is in the log: what is committed was enriched before.
    const committed = 1000 - ((await lag()) ?? 1000)
    const counts = await admin.recordCounts([topicName(PREFIX, 'enrichments')])
    expect(counts.get(topicName(PREFIX, 'enrichments'))).toBeGreaterThanOrEqual(committed)
    expect(committed).toBe(1000)
  }, PATIENCE)
  expect(most).toBeLessThanOrEqual(JOBS_IN_FLIGHT_MAX)
  await allAreEnriched(reports)
  expect(await jobsInFlight()).toBe(0)
})

it('loses no report when Redis is wiped while jobs are in it, waiting or in hand', async () => {
  const reports = many(600)
  await send(reports.map(({ value }) => value))
  await vi.waitFor(async () => expect(await jobsInFlight()).toBe(JOBS_IN_FLIGHT_MAX), PATIENCE)
  await wipeRedis()
  await startEnricher()
  await vi.waitFor(() => expect(enrichments.length).toBeGreaterThan(0), PATIENCE)
  await wipeRedis()
  await allAreEnriched(reports)
  await allIsCommitted()
})

it('commits retractions without a job, and what cannot be read as dead letters', async () => {
  const { value } = submitted('x')
  const event = JSON.parse(value) as Readonly<Record<string, unknown>>
  const retraction = {
    ...event,
    type: 'kz.baqylau.report.retracted.v1',
    revision: 2,
    data: { personal: { reason: 'sent by mistake' }, sealing: 'none' },
  }
  await send([JSON.stringify(retraction), 'not JSON', '{"some": "thing"}'])
  // No enricher runs.
  await allIsCommitted()
  await vi.waitFor(() => expect(letters).toHaveLength(2), PATIENCE)
  for (const { data } of letters) expect([data.step, data.topic]).toEqual(['dispatcher', REPORTS])
  expect(new Set(letters.map(({ data }) => data.reason))).toEqual(
    new Set(['event_invalid', 'event_not_json']),
  )
})

it('finds the report on which a step fails, and enriches those that were in its job', async () => {
  const breaking: Step = {
    name: 'breaking',
    run: ({ narrative }) => {
      if (narrative === MARKER) throw new RangeError(MARKER)
      return {}
    },
  }
  const process = createEnricher({
    steps: [...stepsWith(() => NOWHERE), breaking],
    log: kafkaEnrichmentLog(gatherSends(producer), PREFIX),
    clock: () => new Date(),
    telemetry: createEnricherTelemetry(createTelemetry('enricher', 'silent')),
  })
  const worker = startJobWorker({
    redisUrl: stack.env['REDIS_URL'] ?? '',
    prefix: PREFIX,
    sealingKey: deriveKeys(secret).queueSealing,
    concurrency: 2,
    process: ({ payload, isLastAttempt }) => process(payload, isLastAttempt),
    onError: () => undefined,
  })
  onTestFinished(worker.close)
  const good = many(30)
  const bad = submitted(MARKER)
  const all = [...good.slice(0, 15), bad, ...good.slice(15)]
  await producer.send(all.map(({ value }) => ({ topic: REPORTS, key: 'one partition', value })))
  await allAreEnriched(all)
  await allIsCommitted()
  const failed = enrichments.filter(({ data }) => data.enrichment === null)
  expect(new Set(failed.map(({ subject }) => subject))).toEqual(new Set([bad.reportId]))
  expect(failed[0]?.data.failure).toEqual({
    step: 'breaking',
    detail: 'the step breaking failed: RangeError',
  })
  await vi.waitFor(() => expect(letters.length).toBeGreaterThan(0), PATIENCE)
  expect(letters[0]?.data).toMatchObject({ step: 'enricher', topic: REPORTS, reason: 'enrichment_failed' })
  expect(JSON.stringify([failed[0]?.data.failure, letters[0]?.data.detail])).not.toContain(MARKER)
})
