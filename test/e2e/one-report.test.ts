import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Pipeline, waitUntil } from '@baqylau/infra-local'
import { openProducer } from '@baqylau/kafka'
import type { AkimatsDailyAnswer, ReceiptAnswer, ReportAccepted, ReportsPage } from '@baqylau/contracts'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ask, countOf, startTestPipeline, submit } from '../support/running-pipeline.ts'

let pipeline: Pipeline
beforeAll(async () => {
  pipeline = await startTestPipeline()
})
afterAll(() => pipeline.stop())

const WITHIN_MS = 20_000

const arrest = (reportId: string, more: object = {}) => ({
  reportId,
  kind: 'assembly_arrest',
  occurred: { from: '2005-10-27', precision: 'day' },
  place: { text: 'в Шымкенте, у акимата' },
  narrative: 'Задержана по дороге на собрание. Звонить: +7 700 000 00 77, witness@example.org.',
  reporter: 'R-secret',
  confidentiality: 'restricted',
  synthetic: true,
  details: { peopleDetained: 1, outcome: 'fine', caseNumber: 'CASE-4711' },
  ...more,
})

const isEnriched = (reportId: string) => async (): Promise<boolean> =>
  (await countOf(
    pipeline,
    `SELECT count() FROM baqylau.current_reports WHERE report_id = {id:UUID} AND stage = 'enriched'`,
    { id: reportId },
  )) === 1

async function acceptedReport(report: object): Promise<ReportAccepted> {
  const response = await submit(pipeline, report)
  expect(response.status).toBe(202)
  return (await response.json()) as ReportAccepted
}

it('goes from its 202 to a row by akimat, then and today', async () => {
  const reportId = randomUUID()
  await acceptedReport(arrest(reportId))
  expect(await waitUntil(isEnriched(reportId), { withinMs: WITHIN_MS })).toBe(true)
  const then = await ask<AkimatsDailyAnswer>(pipeline, '/v1/akimats/daily?from=2005-10-27&to=2005-10-27')
  expect(then.days).toMatchObject([
    { regionCode: 'KZ-61', kind: 'assembly_arrest', reports: 1, incidents: 1, peopleDetained: 1 },
  ])
  const today = await ask<AkimatsDailyAnswer>(
    pipeline,
    '/v1/akimats/daily?from=2005-10-27&to=2005-10-27&regions=today',
  )
  expect(today.days).toMatchObject([{ regionCode: 'KZ-79', names: { en: 'Shymkent City' }, reports: 1 }])
})

it('counts once, however often it is sent', async () => {
  const reportId = randomUUID()
  const first = await acceptedReport(arrest(reportId))
  const again = await acceptedReport(arrest(reportId))
  expect(again).toEqual(first)
  await waitUntil(isEnriched(reportId), { withinMs: WITHIN_MS })
  const events = () =>
    countOf(pipeline, 'SELECT count() FROM baqylau.report_events WHERE report_id = {id:UUID}', {
      id: reportId,
    })
  expect(await waitUntil(async () => (await events()) === 4, { withinMs: WITHIN_MS })).toBe(true)
  const page = await ask<ReportsPage>(pipeline, '/v1/reports?from=2005-10-27&to=2005-10-27')
  expect(page.reports.filter((report) => report.reportId === reportId)).toHaveLength(1)
})

it('tells its reporter by receipt how far it has come, and nothing else', async () => {
  const { receipt } = await acceptedReport(arrest(randomUUID()))
  const lookUp = async () =>
    (await (await fetch(`${pipeline.atlasUrl}/v1/receipts/${receipt}`)).json()) as ReceiptAnswer
  expect(await waitUntil(async () => (await lookUp()).status === 'enriched', { withinMs: WITHIN_MS })).toBe(
    true,
  )
  const answer = await lookUp()
  expect(Object.keys(answer).toSorted()).toEqual(['placedIn', 'status'])
  expect(answer.placedIn?.regionCode).toBe('KZ-61')
})

const TABLES = ['report_events_store', 'report_received_store', 'report_states_store', 'dead_letters_store']

/** Everything that the read side, the services' logs and their metrics say. */
async function everythingSaid(): Promise<string> {
  const rows = TABLES.map((table) => pipeline.clickhouse.query(`SELECT * FROM baqylau.${table}`))
  const logs = [...pipeline.services.processes.values()].map(({ logFile }) => readFileSync(logFile, 'utf8'))
  const metrics = [pipeline.intakeUrl, pipeline.atlasUrl].map(async (url) =>
    (await fetch(`${url}/metrics`)).text(),
  )
  return JSON.stringify([await Promise.all(rows), logs, await Promise.all(metrics)])
}

it('says nothing personal of a restricted report in ClickHouse, logs and metrics', async () => {
  const reportId = randomUUID()
  const personal = {
    narrative: 'MARK-narrative on the square, +7 700 000 00 78',
    reporter: 'MARK-reporter',
    place: { text: 'MARK-house, г. Шымкент', lat: 42.3417, lon: 69.5901 },
  }
  await acceptedReport(
    arrest(reportId, { ...personal, details: { peopleDetained: 2, caseNumber: 'MARK-case' } }),
  )
  expect(await waitUntil(isEnriched(reportId), { withinMs: WITHIN_MS })).toBe(true)
  const said = await everythingSaid()
  expect(said).toContain(reportId)
  expect(said).not.toMatch(/MARK|42\.3417|700 000 00 78/)
})

it('says of a secret report nothing that somebody wrote', async () => {
  const reportId = randomUUID()
  const words = { statedReason: 'MARK-reason', legalBasis: ['MARK-law'], confidentiality: 'secret' }
  const details = {
    peopleDetained: 2,
    facility: 'MARK-facility',
    court: 'MARK-court',
    charge: { act: 'MARK-act' },
  }
  await acceptedReport(arrest(reportId, { ...words, details }))
  expect(await waitUntil(isEnriched(reportId), { withinMs: WITHIN_MS })).toBe(true)
  const said = await everythingSaid()
  expect(said).toContain(reportId)
  expect(said).not.toContain('MARK')
})

it('shows a public narrative redacted', async () => {
  const reportId = randomUUID()
  await acceptedReport(arrest(reportId, { confidentiality: 'public' }))
  await waitUntil(isEnriched(reportId), { withinMs: WITHIN_MS })
  const [row] = await pipeline.clickhouse.query<{ narrative: string }>(
    'SELECT narrative FROM baqylau.current_reports WHERE report_id = {id:UUID}',
    { id: reportId },
  )
  expect(row?.narrative).toBe('Задержана по дороге на собрание. Звонить: [phone], [e-mail].')
})

it('passes beside messages that cannot be read, each of which becomes a dead letter with its reason', async () => {
  const producer = openProducer({
    brokers: pipeline.stack.env['KAFKA_BROKERS'] ?? '',
    clientId: 'test',
    log: pino({ level: 'silent' }),
    sendMsMax: 10_000,
  })
  const poison = [
    'not json',
    '{"json":true}',
    '{"type":"kz.baqylau.report.submitted.v2"}',
    '{"type":"kz.baqylau.report.submitted.v1"}',
  ]
  const reportId = randomUUID()
  await producer.send(poison.map((value) => ({ topic: 'baqylau.reports', key: reportId, value })))
  await producer.close()
  await acceptedReport(arrest(reportId))
  expect(await waitUntil(isEnriched(reportId), { withinMs: WITHIN_MS })).toBe(true)
  const reasons = async (): Promise<readonly string[]> => {
    const rows = await pipeline.clickhouse.query<{ reason: string }>(
      `SELECT reason FROM baqylau.dead_letters WHERE step = 'lander' ORDER BY offset`,
    )
    return rows.map(({ reason }) => reason)
  }
  expect(
    await waitUntil(async () => (await reasons()).length === poison.length, { withinMs: WITHIN_MS }),
  ).toBe(true)
  expect(await reasons()).toEqual([
    'event_not_json',
    'event_invalid',
    'event_version_unsupported',
    'event_invalid',
  ])
  expect(await countOf(pipeline, `SELECT count() FROM baqylau.dead_letters WHERE step = 'dispatcher'`)).toBe(
    poison.length,
  )
})
