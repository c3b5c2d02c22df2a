import { connect } from 'node:net'
import { readReportEvent, type ReportAccepted, type ReportsAnswer } from '@baqylau/contracts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  makeSurroundings,
  makeTopics,
  type OpenedIntake,
  openIntake,
  readReports,
  type ReportsReader,
  until,
} from '../testing/open-intake.ts'
import {
  bodyOf,
  json,
  JSON_TYPE,
  NDJSON_TYPE,
  newReport,
  type PostReports,
  postTo,
  problemOf,
  report,
} from '../testing/send-reports.ts'

const surroundings = makeSurroundings(process.env['KAFKA_BROKERS'] ?? '')
let intake: OpenedIntake
let reports: ReportsReader
let post: PostReports

beforeAll(async () => {
  await makeTopics(surroundings)
  intake = await openIntake(surroundings)
  reports = await readReports(surroundings)
  post = postTo(intake.url, surroundings.accessKeys.field)
})
afterAll(async () => {
  await intake.close()
  await reports.close()
})

const eventsOf = (reportId: string): readonly unknown[] =>
  reports.events.filter((event) => (event as { subject: string }).subject === reportId)

describe('a report', () => {
  it('is answered when it is in the log, as an event that consumers can read', async () => {
    const response = await post(json(newReport()))
    const accepted = await bodyOf<ReportAccepted>(response)
    expect(response.status).toBe(202)
    await until('the event', () => eventsOf(accepted.reportId).length === 1)
    const [event] = eventsOf(accepted.reportId)
    expect(readReportEvent(Buffer.from(json(event)))).toMatchObject({
      ok: true,
      event: { id: accepted.eventId, author: 'subject-field', revision: 1 },
    })
  })
  it('sent twice is one event id, one report and one receipt', async () => {
    const body = json(newReport())
    const first = await bodyOf<ReportAccepted>(await post(body))
    const second = await bodyOf<ReportAccepted>(await post(body))
    expect(second).toEqual(first)
    await until('both', () => eventsOf(first.reportId).length === 2)
    expect(new Set(eventsOf(first.reportId).map((event) => (event as { id: string }).id)).size).toBe(1)
  })
  it('of somebody else under the same id is another event with another receipt', async () => {
    const body = json(newReport({ reportId: '0190b4c0-7a11-7c3e-9d55-0242ac120002' }))
    const own = await bodyOf<ReportAccepted>(await post(body))
    const other = await bodyOf<ReportAccepted>(await post(body, JSON_TYPE, surroundings.accessKeys.operator))
    expect(other.reportId).toBe(own.reportId)
    expect(other.eventId).not.toBe(own.eventId)
    expect(other.receipt).not.toBe(own.receipt)
  })
  it('with a member twice is the report with the last of them, everywhere alike', async () => {
    const body = json(newReport())
    const doubled = body.replace('"language":"ru"', '"language":"kk","language":"ru"')
    expect(doubled).not.toBe(body)
    expect(await bodyOf(await post(doubled))).toEqual(await bodyOf(await post(body)))
  })
})

const { details: _details, ...withoutDetails } = report
const BAD_REPORTS: readonly (readonly [string, string, string, readonly string[]])[] = [
  ['an unknown kind', json({ ...report, kind: 'weather' }), 'invalid_report', ['/kind']],
  ['no kind', json({ ...report, kind: undefined }), 'invalid_report', ['/kind']],
  ['no details', json(withoutDetails), 'invalid_report', ['/details']],
  ['a missing detail', json({ ...report, details: {} }), 'invalid_report', ['/details/outlet']],
  ['an unknown field', json({ ...report, colour: 'red' }), 'invalid_report', ['/colour']],
  [
    'an unknown detail',
    json({ ...report, details: { outlet: 'x', order: { colour: 1 } } }),
    'invalid_report',
    ['/details/order/colour'],
  ],
  ['revision 2', json({ ...report, revision: 2 }), 'revision_not_first', ['/revision']],
  [
    'a date in 1066',
    json({ ...report, occurred: { from: '1066-10-14', precision: 'day' } }),
    'invalid_report',
    ['/occurred/from'],
  ],
  [
    'the year 3000',
    json({ ...report, occurred: { from: '3000-01-01', precision: 'day' } }),
    'invalid_report',
    ['/occurred/from'],
  ],
  [
    '30 February',
    json({ ...report, occurred: { from: '2005-02-30', precision: 'day' } }),
    'invalid_report',
    ['/occurred/from'],
  ],
  [
    'from after to',
    json({ ...report, occurred: { from: '2005-10-20', to: '2005-10-19', precision: 'day' } }),
    'invalid_report',
    ['/occurred/to'],
  ],
  ['latitude 91', json({ ...report, place: { lat: 91, lon: 70 } }), 'invalid_report', ['/place/lat']],
  ['latitude alone', json({ ...report, place: { lat: 43 } }), 'invalid_report', ['/place/lon']],
  ['no place', json({ ...report, place: {} }), 'invalid_report', ['/place']],
  ['a number without end', json(report).replace('43.2567', '1e999'), 'invalid_report', ['/place/lat']],
  ['control characters', json({ ...report, narrative: 'a\u0007b' }), 'invalid_report', ['/narrative']],
  ['a lone surrogate', json({ ...report, narrative: 'a\ud800b' }), 'invalid_report', ['/narrative']],
  [
    '100,000 characters',
    json({ ...report, narrative: 'ж'.repeat(100_000) }),
    'invalid_report',
    ['/narrative'],
  ],
  ['a __proto__ member', `{"__proto__":{"a":1},${json(report).slice(1)}`, 'invalid_report', ['/__proto__']],
  [
    'a constructor member',
    `{"constructor":{"prototype":{}},${json(report).slice(1)}`,
    'invalid_report',
    ['/constructor'],
  ],
  ['a word', '"report"', 'invalid_report', ['/']],
  ['null', 'null', 'invalid_report', ['/']],
  ['half an object', json(report).slice(0, -1), 'not_json', []],
]

describe('a bad report', () => {
  it.each(BAD_REPORTS)('with %s is refused, with its place', async (_what, body, code, paths) => {
    expect(await problemOf(await post(body))).toEqual({
      status: 400,
      mediaType: 'application/problem+json',
      code,
      paths,
    })
  })
  it('among several is refused alone: what is beside it goes through', async () => {
    const good = [newReport(), newReport()]
    const body = [json(good[0]), ...BAD_REPORTS.map(([, bad]) => bad), json(good[1])].join('\n')
    const response = await post(body, NDJSON_TYPE)
    const { results } = await bodyOf<ReportsAnswer>(response)
    expect(response.status).toBe(207)
    expect(results.map(({ index }) => index)).toEqual([...results.keys()])
    const codes = results.map((result) => ('problem' in result ? result.problem.code : 'accepted'))
    expect(codes).toEqual(['accepted', ...BAD_REPORTS.map(([, , code]) => code), 'accepted'])
    const last = results.at(-1)
    const alone = await bodyOf<ReportAccepted>(await post(json(good[1])))
    expect(last).toMatchObject({ status: 202, ...alone })
  })
})

const ONE_REPORT = '/v1/reports/0190b4c0-7a11-7c3e-9d55-0242ac120002'
const OTHER_METHODS = [
  ['/v1/reports', 'POST', ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']],
  [ONE_REPORT, 'PUT, DELETE', ['GET', 'HEAD', 'POST', 'PATCH', 'OPTIONS']],
] as const

describe.each(OTHER_METHODS)('another method of %s', (path, allow, methods) => {
  it.each(methods)(`%s is told ${allow}`, async (method) => {
    const response = await fetch(`${intake.url}${path}`, { method })
    expect(response.headers.get('allow')).toBe(allow)
    expect(response.status).toBe(405)
    if (method === 'HEAD') return
    expect(await problemOf(response)).toMatchObject({ status: 405, code: 'method_not_allowed' })
  })
})

describe('a key', () => {
  it.each([
    ['none', '', 401, 'unauthenticated'],
    ['one that nobody knows', 'bq_field_0000', 401, 'unauthenticated'],
    ['one that has expired', surroundings.accessKeys.expired, 401, 'unauthenticated'],
    ['one that is not of the form', 'a key', 401, 'unauthenticated'],
    ["an analyst's", surroundings.accessKeys.analyst, 403, 'forbidden'],
  ])('that is %s is refused', async (_what, key, status, code) => {
    const response = await post(json(newReport()), JSON_TYPE, key)
    expect(response.headers.has('www-authenticate')).toBe(status === 401)
    expect(await problemOf(response)).toMatchObject({ status, code })
  })
  it.each(['field', 'operator'] as const)('of the role %s may submit', async (role) => {
    expect((await post(json(newReport()), JSON_TYPE, surroundings.accessKeys[role])).status).toBe(202)
  })
  it('is looked at before the body is sent', async () => {
    const { port, hostname } = new URL(intake.url)
    const socket = connect(Number(port), hostname)
    const head = [
      'POST /v1/reports HTTP/1.1',
      'host: x',
      'content-type: application/json',
      'content-length: 1000',
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    const [answer] = await new Promise<[Buffer]>((resolve) => socket.once('data', (data) => resolve([data])))
    socket.destroy()
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 /u)
  })
})
