import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Stack, startStack } from '@baqylau/infra-local'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openBrowser, valueIn } from '../testing/browse.ts'
import {
  makeSurroundings,
  makeTopics,
  type OpenedIntake,
  openIntake,
  readReports,
  type Surroundings,
  until,
} from '../testing/open-intake.ts'
import { json, NDJSON_TYPE, newReport, type PostReports, postTo, problemOf } from '../testing/send-reports.ts'

const PENDING_BYTES_MAX = 2_097_152
const FORM = '/report?kind=electoral_fraud&lang=en'

const dataDir = mkdtempSync(join(tmpdir(), 'intake-outage-'))
let stack: Stack
let surroundings: Surroundings
let intake: OpenedIntake
let post: PostReports

beforeAll(async () => {
  // This broker is killed and started again, so it is not the one that other tests share.
  stack = await startStack({
    dataDir,
    external: { redisUrl: 'redis://unused', clickhouseUrl: 'http://unused' },
  })
  const made = makeSurroundings(stack.env['KAFKA_BROKERS'] ?? '')
  const env = { ...made.env, INTAKE_SEND_MS_MAX: '1000', INTAKE_PENDING_BYTES_MAX: String(PENDING_BYTES_MAX) }
  surroundings = { ...made, env }
  await makeTopics(surroundings)
  intake = await openIntake(surroundings)
  post = postTo(intake.url, surroundings.accessKeys.field)
})
afterAll(async () => {
  await intake.close()
  await stack.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const statusOf = async (path: string, at = intake): Promise<number> =>
  (await fetch(`${at.url}${path}`)).status
const pendingBytes = async (): Promise<number> => {
  const metrics = await (await fetch(`${intake.url}/metrics`)).text()
  return Number(/^baqylau_intake_pending_bytes\{.*\} (\d+)$/mu.exec(metrics)?.[1])
}

const UNAVAILABLE = { status: 503, code: 'log_unavailable' }

it('says to come back while Kafka is away, holds little meanwhile, and goes on by itself when Kafka is back', async () => {
  const before = newReport()
  expect((await post(json(before))).status).toBe(202)
  expect(await statusOf('/readyz')).toBe(200)

  stack.kafka?.kill('SIGKILL')
  const refused = await post(json(newReport()))
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await problemOf(refused)).toMatchObject(UNAVAILABLE)
  expect(await statusOf('/readyz')).toBe(503)
  expect(await statusOf('/healthz')).toBe(200)

  // Several times as much as may wait: some of it waits and is refused together, the rest is refused at once.
  const large = Array.from({ length: 1000 }, () => json(newReport({ narrative: 'x'.repeat(500) }))).join('\n')
  const answers = Promise.all(Array.from({ length: 5 }, () => post(large, NDJSON_TYPE)))
  const held: number[] = []
  const settled: string[] = []
  const noted = answers.then(() => settled.push('all'))
  await until('answers', async () => {
    held.push(await pendingBytes())
    return settled.length > 0
  })
  await noted
  const problems = await Promise.all((await answers).map((answer) => problemOf(answer)))
  expect(new Set(problems.map(({ status }) => status))).toEqual(new Set([503]))
  expect(Math.max(...held)).toBeGreaterThan(0)
  expect(Math.max(...held)).toBeLessThanOrEqual(PENDING_BYTES_MAX)
  expect(await pendingBytes()).toBe(0)

  const browser = openBrowser(intake.url)
  await browser.send('/session', { key: surroundings.accessKeys.field })
  const form = await browser.get(FORM)
  const typed = {
    formId: valueIn(form.html, 'formId') ?? '',
    'details.method': 'carousel',
    'occurred.date': '2005-12-04',
    'place.text': 'Участок 42',
  }
  const kept = await browser.send(FORM, typed)
  expect(kept.status).toBe(503)
  expect(kept.headers.has('retry-after')).toBe(true)
  expect(kept.html).toContain('Not sent')
  expect(valueIn(kept.html, 'place.text')).toBe('Участок 42')
  expect(valueIn(kept.html, 'formId')).toBe(typed.formId)

  const startedMeanwhile = await openIntake(surroundings)
  const postThere = postTo(startedMeanwhile.url, surroundings.accessKeys.field)
  expect(await problemOf(await postThere(json(newReport())))).toMatchObject(UNAVAILABLE)

  await stack.kafka?.restart()
  await until('a report to be taken', async () => (await post(json(newReport()))).status === 202)
  await until('readiness', async () => (await statusOf('/readyz')) === 200)
  expect((await browser.send(FORM, typed)).path).toContain('/sent')
  await until('the other too', async () => (await postThere(json(newReport()))).status === 202)
  await until('its readiness', async () => (await statusOf('/readyz', startedMeanwhile)) === 200)
  await startedMeanwhile.close()

  const reports = await readReports(surroundings)
  await until('the form in the log', () => json(reports.events).includes(typed['place.text']))
  await reports.close()
}, 180_000)
