import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { connect } from 'node:net'
import { readReportEvent, type ReportAccepted } from '@baqylau/contracts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from '../testing/browse.ts'
import {
  makeSurroundings,
  makeTopics,
  type OpenedIntake,
  openIntake,
  readReports,
  type ReportsReader,
  until,
} from '../testing/open-intake.ts'
import { bodyOf, type Change, changeAt, json, newReport, postTo, problemOf } from '../testing/send-reports.ts'

const surroundings = makeSurroundings(process.env['KAFKA_BROKERS'] ?? '')
const { accessKeys } = surroundings
let intake: OpenedIntake
let reports: ReportsReader
let send: (change: Change) => Promise<Response>

beforeAll(async () => {
  await makeTopics(surroundings)
  intake = await openIntake(surroundings)
  reports = await readReports(surroundings)
  send = changeAt(intake.url)
})
afterAll(async () => {
  await intake.close()
  await reports.close()
})

const submit = async (members: object = {}, key: string = accessKeys.field): Promise<ReportAccepted> =>
  bodyOf<ReportAccepted>(await postTo(intake.url, key)(json(newReport(members))))
const eventOf = async ({ eventId }: ReportAccepted): Promise<unknown> => {
  const find = () => reports.events.find((event) => (event as { id: string }).id === eventId)
  await until('the event', () => find() !== undefined)
  return find()
}
const later = { ...newReport(), revision: 2 }
const reason = { revision: 2, reason: 'sent by mistake' }

/** How each method sends a good body to a report of the field key. */
const METHODS = [
  ['PUT', later, 'kz.baqylau.report.amended.v1'],
  ['DELETE', reason, 'kz.baqylau.report.retracted.v1'],
] as const

describe.each(METHODS)('%s', (method, body, type) => {
  it('is answered when it is in the log, with the receipt of the report', async () => {
    const { reportId, receipt } = await submit()
    const headers = { 'Baqylau-Receipt': receipt }
    const response = await send({ method, reportId, body, key: accessKeys.field, headers })
    const accepted = await bodyOf<ReportAccepted>(response)
    expect(response.status).toBe(202)
    expect(accepted).toEqual({ reportId, revision: 2, eventId: accepted.eventId, receipt })
    const event = await eventOf(accepted)
    expect(readReportEvent(Buffer.from(json(event)))).toMatchObject({
      ok: true,
      event: { type, subject: reportId, author: 'subject-field', revision: 2, keyid: 'field' },
    })
  })
  it('sent again, by a renewed key, with the id in capitals, is the same event', async () => {
    const { reportId, receipt } = await submit()
    const change = { method, reportId, body, headers: { 'Baqylau-Receipt': receipt.toLowerCase() } }
    const first = await send({ ...change, key: accessKeys.field })
    const again = await send({ ...change, reportId: reportId.toUpperCase(), key: accessKeys.renewed })
    expect(again.status).toBe(202)
    expect(await bodyOf(again)).toEqual(await bodyOf(first))
  })
  it('is an event of the author whom an operator names, with the operator’s key', async () => {
    const { reportId, receipt } = await submit()
    const headers = { 'Baqylau-Author': 'subject-field' }
    const response = await send({ method, reportId, body, key: accessKeys.operator, headers })
    const accepted = await bodyOf<ReportAccepted>(response)
    expect(accepted.receipt).toBe(receipt)
    expect(await eventOf(accepted)).toMatchObject({ author: 'subject-field', keyid: 'operator' })
  })
  it('may come before its report: nothing is looked up', async () => {
    const headers = { 'Baqylau-Author': 'subject-field' }
    const change = { method, reportId: randomUUID(), body, key: accessKeys.operator, headers }
    expect((await send(change)).status).toBe(202)
  })
  it('is of an operator’s own report with its receipt, or with the operator’s own name', async () => {
    const { reportId, receipt } = await submit({}, accessKeys.operator)
    for (const headers of [{ 'Baqylau-Receipt': receipt }, { 'Baqylau-Author': 'subject-operator' }]) {
      const response = await send({ method, reportId, body, key: accessKeys.operator, headers })
      expect((await bodyOf<ReportAccepted>(response)).receipt).toBe(receipt)
    }
  })
  it('is not for others, whatever they know', async () => {
    const mine = await submit()
    const other = await submit()
    const theirs = await submit({ reportId: mine.reportId }, accessKeys.neighbour)
    const tries: readonly (readonly [string, Readonly<Record<string, string>>, number, string])[] = [
      [accessKeys.field, {}, 400, 'receipt_missing'],
      [accessKeys.field, { 'Baqylau-Receipt': mine.receipt.slice(1) }, 400, 'invalid_receipt'],
      [accessKeys.field, { 'Baqylau-Receipt': other.receipt }, 403, 'not_your_report'],
      [accessKeys.neighbour, { 'Baqylau-Receipt': mine.receipt }, 403, 'not_your_report'],
      [accessKeys.neighbour, { 'Baqylau-Author': 'subject-field' }, 403, 'forbidden'],
      [
        accessKeys.neighbour,
        { 'Baqylau-Receipt': mine.receipt, 'Baqylau-Author': 'subject-field' },
        403,
        'forbidden',
      ],
      [
        accessKeys.operator,
        { 'Baqylau-Receipt': theirs.receipt, 'Baqylau-Author': 'subject-field' },
        403,
        'not_your_report',
      ],
      [accessKeys.operator, {}, 400, 'author_missing'],
      [accessKeys.operator, { 'Baqylau-Receipt': mine.receipt }, 403, 'not_your_report'],
      [accessKeys.operator, { 'Baqylau-Author': '%' }, 400, 'invalid_request'],
      [accessKeys.analyst, { 'Baqylau-Receipt': mine.receipt }, 403, 'forbidden'],
      [accessKeys.expired, { 'Baqylau-Receipt': mine.receipt }, 401, 'unauthenticated'],
    ]
    const answers = await Promise.all(
      tries.map(async ([key, headers]) =>
        problemOf(await send({ method, reportId: mine.reportId, body, key, headers })),
      ),
    )
    expect(answers.map(({ status, code }) => [status, code])).toEqual(
      tries.map(([, , status, code]) => [status, code]),
    )
    expect(new Set(answers.map(({ mediaType }) => mediaType))).toEqual(new Set(['application/problem+json']))
    // A neighbour's own receipt changes the neighbour's own report under that id.
    const own = { 'Baqylau-Receipt': theirs.receipt }
    const change = { method, reportId: mine.reportId, body, key: accessKeys.neighbour, headers: own }
    expect(await eventOf(await bodyOf<ReportAccepted>(await send(change)))).toMatchObject({
      author: 'subject-neighbour',
    })
    const written = reports.events.filter((event) => (event as { subject: string }).subject === mine.reportId)
    expect(written.map((event) => (event as { author: string }).author)).toEqual([
      'subject-field',
      'subject-neighbour',
      'subject-neighbour',
    ])
  })
  it('of a session is refused: pages alone have those', async () => {
    const browser = openBrowser(intake.url)
    await browser.send('/session?lang=en', { key: accessKeys.field })
    const { reportId, receipt } = await submit()
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { 'Baqylau-Receipt': receipt, authorization: '', cookie }
    const answer = await send({ method, reportId, body, key: '', headers })
    expect(await problemOf(answer)).toMatchObject({ status: 401, code: 'unauthenticated' })
  })
  it('of two receipts at once is refused', async () => {
    const { reportId, receipt } = await submit()
    const { port, hostname } = new URL(intake.url)
    const socket = connect(Number(port), hostname)
    const payload = json(body)
    const head = [
      `${method} /v1/reports/${reportId} HTTP/1.1`,
      'host: x',
      `authorization: Bearer ${accessKeys.field}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(payload)}`,
      `baqylau-receipt: ${receipt}`,
      `baqylau-receipt: ${receipt}`,
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n${payload}`)
    const [answer] = await new Promise<[Buffer]>((resolve) => socket.once('data', (data) => resolve([data])))
    socket.destroy()
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /u)
  })
})

describe.each(METHODS)('the body of %s', (method, body) => {
  const changing = (more: Partial<Change>) =>
    send({
      method,
      reportId: randomUUID(),
      body,
      key: accessKeys.operator,
      ...more,
      headers: { 'Baqylau-Author': 'subject-field', ...more.headers },
    })

  it('may come packed', async () => {
    const packed = gzipSync(json(body))
    expect((await changing({ body: packed, headers: { 'content-encoding': 'gzip' } })).status).toBe(202)
  })
  it.each([
    ['half an object', Buffer.from('{"revision":2'), {}, 400, 'not_json'],
    ['nothing', Buffer.alloc(0), {}, 400, 'not_json'],
    [
      'NDJSON',
      Buffer.from(json(body)),
      { 'content-type': 'application/x-ndjson' },
      415,
      'unsupported_media_type',
    ],
    [
      'a form',
      Buffer.from('revision=2'),
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported_media_type',
    ],
    ['2 MiB and a byte', Buffer.alloc(2_097_153, ' '), {}, 413, 'body_too_large'],
    ['a bomb', gzipSync(Buffer.alloc(50_000_000)), { 'content-encoding': 'gzip' }, 413, 'body_too_large'],
  ])('that is %s is refused', async (...[, wrong, headers, status, code]) => {
    expect(await problemOf(await changing({ body: wrong, headers }))).toMatchObject({ status, code })
  })
  it('is refused at an address that is no UUID, and with its faults at their places', async () => {
    expect(await problemOf(await changing({ reportId: 'report-7' }))).toMatchObject({
      status: 400,
      code: 'invalid_request',
      paths: ['/reportId'],
    })
    expect((await problemOf(await changing({ body: { ...body, revision: 1 } }))).paths).toEqual(['/revision'])
    expect((await problemOf(await changing({ body: [body] }))).status).toBe(400)
  })
})

describe('a report from the form', () => {
  it('tells by the id of its session’s key who sent it', async () => {
    const browser = openBrowser(intake.url)
    await browser.send('/session?lang=en', { key: accessKeys.renewed })
    const before = reports.events.length
    const form = '/report?kind=press_seizure&lang=en'
    const typed = {
      'details.outlet': 'Свобода слова',
      'occurred.date': '2005-10-19',
      'place.text': 'Алматы',
      language: 'ru',
      formId: randomUUID(),
    }
    expect((await browser.send(form, typed)).path).toContain('/sent')
    await until('the event', () => reports.events.length > before)
    expect(reports.events.at(-1)).toMatchObject({ author: 'subject-field', keyid: 'renewed' })
  })
})
