import { execFile } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type ClickHouse, openClickHouse } from '@baqylau/clickhouse'
import {
  eventDeadLettered,
  LANDED_TOPICS,
  type Report,
  reportSubmitted,
  topicName,
  topicOf,
  topicSpecifications,
} from '@baqylau/contracts'
import { type Stack, startStack } from '@baqylau/infra-local'
import {
  deadLetterRecord,
  gatherSends,
  type KafkaConnection,
  type LogAdmin,
  type LogProducer,
  openAdmin,
  openProducer,
  readLog,
} from '@baqylau/kafka'
import { clickhouseLanding, type LandingRow, readRow } from '@baqylau/landing'
import { startJobWorker } from '@baqylau/queue'
import { createTelemetry, deriveKeys, newSecret } from '@baqylau/service-kit'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { kafkaEnrichmentLog } from '../../services/enricher/src/adapters/kafka-enrichment-log.ts'
import { createEnricher } from '../../services/enricher/src/app.ts'
import type { Step } from '../../services/enricher/src/domain/step.ts'
import { stepsWith } from '../../services/enricher/src/domain/step-order.ts'
import { createEnricherTelemetry } from '../../services/enricher/src/telemetry.ts'
import { listLetters } from '../../services/ops/src/commands/dead-letters-list.ts'
import { migrateReadSide } from '../../services/ops/src/commands/migrate.ts'
import { readDeadLettersConfig, readMigrateConfig } from '../../services/ops/src/config.ts'
import { startBaqylau } from '../support/baqylau-command.ts'
import { type ServiceProcess, startService } from '../support/service-process.ts'

const PREFIX = 'letters.'
const REPORTS = topicName(PREFIX, 'reports')
const TOPICS = LANDED_TOPICS.map((topic) => topicName(PREFIX, topic))
const NOWHERE = {
  regionCode: null,
  regionCodeToday: null,
  settlement: null,
  method: null,
  confidence: 0,
  reason: 'nothing_recognised',
  candidates: [],
} as const
const PATIENCE = { timeout: 45_000, interval: 100 }
const ROOT = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'baqylau-letters-'))
const { log } = createTelemetry('test', 'silent')
const secret = newSecret()
const sample = JSON.parse(
  readFileSync(join(ROOT, 'test', 'fixtures', 'autumn-2005.ndjson'), 'utf8').split('\n')[0] ?? '',
) as Report

let stack: Stack
let kafka: KafkaConnection
let clickhouse: ClickHouse
let admin: LogAdmin
let producer: LogProducer
let environment: Readonly<Record<string, string | undefined>>
const services = {} as Record<'dispatcher' | 'enricher' | 'lander', ServiceProcess>

beforeAll(async () => {
  stack = await startStack({ dataDir: folder })
  const secretFile = join(folder, 'secret')
  writeFileSync(secretFile, secret)
  environment = { ...stack.env, KAFKA_TOPIC_PREFIX: PREFIX, SECRET_FILE: secretFile }
  kafka = { brokers: stack.env['KAFKA_BROKERS'] ?? '', clientId: 'test', log }
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
  services.dispatcher = await startService('dispatcher', environment)
  services.enricher = await startService('enricher', environment)
  services.lander = await startService('lander', environment)
}, 120_000)
afterAll(async () => {
  for (const { child } of Object.values(services)) child.kill('SIGKILL')
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

/** What an enricher does with a job, whose step fails on reports with this narrative. */
const failingOn = (narrative: string) => {
  const breaking: Step = {
    name: 'breaking',
    run: (report) => {
      if (report.narrative === narrative) throw new RangeError('it fails')
      return {}
    },
  }
  return createEnricher({
    steps: [...stepsWith(() => NOWHERE), breaking],
    log: kafkaEnrichmentLog(gatherSends(producer), PREFIX),
    clock: () => new Date(),
    telemetry: createEnricherTelemetry(createTelemetry('enricher', 'silent')),
  })
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
  readonly stdout: string
}

/** The command as an operator runs it. */
const baqylau = async (args: readonly string[], changes: Readonly<Record<string, string>> = {}) => {
  const main = join(ROOT, 'services', 'ops', 'src', 'main.ts')
  const env = { ...environment, ...changes }
  const running = promisify(execFile)(process.execPath, [main, '--json', 'dead-letters', ...args], {
    env,
    maxBuffer: 10_000_000,
  })
  const { stdout, code } = await running.then(
    (done) => ({ ...done, code: 0 }),
    (error: unknown) => error as { readonly code: number; readonly stdout: string },
  )
  return { code, stdout, document: JSON.parse(stdout) as Answer['document'] } satisfies Answer
}

type Shown = Readonly<Record<string, unknown>>
const lettersOf = ({ document }: Answer) => document['deadLetters'] as readonly Shown[]
const fatesOf = (answer: Answer) => lettersOf(answer).map(({ fate }) => fate)
const idOf = (step: string, { offset }: { readonly offset: string }): string =>
  `${step}/${REPORTS}/0/${offset}`

/** As the command lists it, asked without a process of its own: it is asked again and again. */
const listed = async (id: string): Promise<Shown | undefined> => {
  const { document } = await listLetters(readDeadLettersConfig(environment), { all: true, limit: 1000 })
  return (document as { readonly deadLetters: readonly Shown[] }).deadLetters.find(
    (letter) => letter['id'] === id,
  )
}
const isListed = (id: string, as: object = {}) =>
  vi.waitFor(async () => expect(await listed(id)).toMatchObject(as), PATIENCE)

/** Letters and enrichments land from different topics: either may come first. */
const comesTo = (reportId: string, stage: string) =>
  vi.waitFor(async () => expect(await stageOf(reportId)).toBe(stage), PATIENCE)

const stageOf = async (reportId: string): Promise<unknown> => {
  const [row] = await clickhouse.query<{ readonly stage: string }>(
    'SELECT stage FROM baqylau.reports WHERE report_id = {reportId:UUID}',
    { reportId },
  )
  return row?.stage
}
const countOf = async (sql: string): Promise<number> =>
  Number((await clickhouse.query<{ readonly n: string }>(`SELECT count() AS n FROM ${sql}`))[0]?.n)

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
  const ids = ['dispatcher', 'lander'].map((step) => idOf(step, position))
  for (const id of ids)
    await isListed(id, { replayed: false, attempts: 1, firstAt: at.toISOString(), lastAt: at.toISOString() })
  const dry = await baqylau(['replay', '--since', '2026-01-02', '--until', '2026-01-03', '--dry-run'])
  expect(dry).toMatchObject({ code: 0, document: { dryRun: true, messages: 1 } })
  expect(new Set(lettersOf(dry).map(({ id }) => id))).toEqual(new Set(ids))
  const answer = await baqylau(['replay', '--reason', 'event_version_unsupported'])
  expect(answer).toMatchObject({ code: 0, document: { messages: 1 } })
  expect(fatesOf(answer)).toEqual(['closed', 'closed'])
  for (const id of ids) await isListed(id, { replayed: true })
  expect(lettersOf(await baqylau(['list', '--reason', 'event_version_unsupported']))).toEqual([])
  await comesTo(reportId, 'enriched')
  const again = await baqylau(['replay', ...ids])
  expect(again).toMatchObject({ code: 0, document: { messages: 0, closedBefore: ids } })
})

it('keeps a message that fails again one dead letter for each step, with more attempts', async () => {
  const position = await append('not JSON')
  const ids = ['dispatcher', 'lander'].map((step) => idOf(step, position))
  for (const id of ids) await isListed(id, { reason: 'event_not_json', attempts: 1 })
  const [before, total] = [await listed(ids[0] ?? ''), await countOf('baqylau.dead_letters')]
  const answer = await baqylau(['replay', ids[0] ?? ''])
  expect([answer.code, fatesOf(answer)]).toEqual([2, ['buried_again']])
  for (const id of ids) await isListed(id, { attempts: 2, replayed: false })
  const { firstAt, lastAt } = (await listed(ids[0] ?? '')) ?? {}
  expect(firstAt).toBe(before?.['firstAt'])
  expect(Date.parse(String(lastAt))).toBeGreaterThan(Date.parse(String(before?.['lastAt'])))
  // Two letters of one message are one replay.
  expect(await baqylau(['replay', ...ids])).toMatchObject({ code: 2, document: { messages: 1 } })
  for (const id of ids) await isListed(id, { attempts: 3 })
  expect(await countOf('baqylau.dead_letters')).toBe(total)
})

it('enriches a report on which a step failed, once that is mended', async () => {
  const narrative = 'a step fails on this one'
  await services.enricher.stop()
  const enrich = failingOn(narrative)
  const worker = startJobWorker({
    redisUrl: stack.env['REDIS_URL'] ?? '',
    prefix: PREFIX,
    sealingKey: deriveKeys(secret).queueSealing,
    concurrency: 1,
    process: ({ payload, isLastAttempt }) => enrich(payload, isLastAttempt),
    onError: () => undefined,
  })
  const { reportId, value } = submitted({ narrative })
  const position = await append(value)
  const id = idOf('enricher', position)
  await isListed(id, { reason: 'enrichment_failed', attempts: 2, replayed: false })
  await comesTo(reportId, 'enrichment_failed')
  const failed = await baqylau(['replay', id])
  expect([failed.code, fatesOf(failed)]).toEqual([2, ['buried_again']])
  await isListed(id, { attempts: 4 })
  await worker.close()
  services.enricher = await startService('enricher', environment)
  const answer = await baqylau(['replay', '--step', 'enricher'])
  expect([answer.code, fatesOf(answer)]).toEqual([0, ['closed']])
  await comesTo(reportId, 'enriched')
})

it('lands a report that ClickHouse refused, and its enrichment, once that is mended', async () => {
  const poison = `no number ${randomUUID()}`
  const number = `toUInt8(if(JSONExtractString(event, 'author') = '${poison}', 'x', '1'))`
  // A column that cannot take every report, as a faulty migration might leave it: then no view takes any of it.
  await clickhouse.command(`ALTER TABLE baqylau.landing ADD COLUMN somebodys UInt8 MATERIALIZED ${number}`)
  const good = submitted()
  await append(good.value)
  await comesTo(good.reportId, 'enriched')
  const { reportId, value } = submitted({}, poison)
  const position = await append(value)
  await isListed(idOf('lander', position), { reason: 'row_rejected', attempts: 1 })
  await vi.waitFor(
    async () => expect(await countOf("baqylau.dead_letters WHERE reason = 'row_rejected'")).toBe(2),
    PATIENCE,
  )
  expect(await stageOf(reportId)).toBeUndefined()
  // A view of somebody's that cannot: some of the views beside it take the row, but nothing is closed.
  await clickhouse.command('CREATE TABLE default.somebodys (n UInt8) ENGINE = Null')
  await clickhouse.command(
    `CREATE MATERIALIZED VIEW default.landing_to_somebodys TO default.somebodys AS SELECT ${number} AS n FROM baqylau.landing`,
  )
  await clickhouse.command('ALTER TABLE baqylau.landing DROP COLUMN somebodys')
  const tooEarly = await baqylau(['replay', idOf('lander', position)])
  expect([tooEarly.code, fatesOf(tooEarly)]).toEqual([2, ['buried_again']])
  await isListed(idOf('lander', position), { attempts: 2, replayed: false })
  await vi.waitFor(
    async () => expect(await countOf("baqylau.dead_letters WHERE reason = 'row_rejected'")).toBe(3),
    PATIENCE,
  )
  await clickhouse.command('DROP TABLE default.landing_to_somebodys')
  const answer = await baqylau(['replay', '--reason', 'row_rejected'])
  // The report, and its enrichments: one of each time that it was enriched.
  expect([answer.code, fatesOf(answer)]).toEqual([0, ['closed', 'closed', 'closed']])
  await comesTo(reportId, 'enriched')
})

it('shows a message only when it is asked for, and replays one that a letter is too small to carry', async () => {
  const secretWords = 'названо имя'
  const position = await append(`${secretWords} ${'x'.repeat(1_200_000)}`)
  const id = idOf('lander', position)
  await isListed(id, { reason: 'event_not_json' })
  const shown = await baqylau(['show', id])
  expect(shown.document).toMatchObject({ id, message: { inLog: true, bytes: 1_200_022 } })
  expect(shown.stdout).not.toContain(secretWords)
  const payload = (await baqylau(['show', id, '--payload'])).document['payload']
  expect(payload).toMatchObject({
    encoding: 'utf-8',
    content: expect.stringContaining(secretWords) as string,
  })
  expect((await baqylau(['replay', id])).code).toBe(2)
  await isListed(id, { attempts: 2 })
})

it('replays by id while ClickHouse is away, from what the log says', async () => {
  const position = await append('[]')
  const id = idOf('lander', position)
  await isListed(id, { attempts: 1 })
  const away = { CLICKHOUSE_URL: 'http://127.0.0.1:1' }
  expect((await baqylau(['show', id], away)).document).toMatchObject({ id, reason: 'event_invalid' })
  const answer = await baqylau(['replay', id, '--wait', '1'], away)
  expect([answer.code, fatesOf(answer)]).toEqual([2, ['unknown']])
  await isListed(id, { attempts: 2 })
  expect(await baqylau(['replay', '--all'], away)).toMatchObject({
    code: 1,
    document: { code: 'read_side_unavailable' },
  })
})

it('refuses to replay what nobody named, and what is no dead letter', async () => {
  expect(await baqylau(['replay'])).toMatchObject({ code: 1, document: { code: 'invalid_request' } })
  const none = await baqylau(['replay', `lander/${REPORTS}/1/999999`])
  expect(none).toMatchObject({ code: 1, document: { code: 'not_found' } })
})

it('comes to the same when everything is landed again, in another order', async () => {
  const letters = (): Promise<readonly Shown[]> =>
    clickhouse.query('SELECT * FROM baqylau.dead_letters ORDER BY topic, partition, offset, step')
  const lag = async () => (await admin.lagOf(`${PREFIX}lander`, TOPICS)).map((topic) => topic.lag)
  await vi.waitFor(async () => expect(await lag()).toEqual(TOPICS.map(() => 0)), PATIENCE)
  const before = await letters()
  expect(new Set(before.map(({ replayed }) => replayed))).toEqual(new Set([true, false]))
  for (const store of ['dead_letters', 'dead_letters_closed', 'dead_letter_attempts'])
    await clickhouse.command(`TRUNCATE TABLE baqylau.${store}_store`)
  expect(await letters()).toEqual([])
  const rows: LandingRow[] = []
  await readLog({
    ...kafka,
    stretches: await admin.topicEnds(TOPICS),
    fetchBytesMax: 1_000_000,
    partitionsAtOnce: 1,
    onBatch: (records) => {
      const readings = records.map((record) => readRow(topicOf(PREFIX, record.topic), record))
      rows.push(...readings.flatMap((reading) => (reading.ok ? [reading.row] : [])))
      return Promise.resolve()
    },
  })
  const { insert, close } = clickhouseLanding(clickhouse)
  for (const row of rows.toReversed()) {
    await insert([row])
    await close([row])
  }
  expect(await letters()).toEqual(before)
})

it('leaves nothing that verify takes for a loss, neither what was refused again nor what was closed', async () => {
  const { code, document, said } = await startBaqylau(['verify'], environment).ended
  expect({ code, said, differences: (document as Shown)['differences'] }).toMatchObject({
    code: 0,
    differences: { total: 0 },
  })
}, 240_000)
