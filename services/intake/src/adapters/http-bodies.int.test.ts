import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { connect } from 'node:net'
import { BODY_BYTES_MAX, type ReportsAnswer } from '@baqylau/contracts'
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

describe('a body', () => {
  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('may come packed with %s', async (encoding, pack) => {
    const body = json(newReport())
    const packed = await post(Uint8Array.from(pack(body)), { ...JSON_TYPE, 'content-encoding': encoding })
    expect(packed.status).toBe(202)
    expect(await bodyOf(packed)).toEqual(await bodyOf(await post(body)))
  })
  it.each([
    ['words', 'hello', 400, 'not_json'],
    ['nothing', '', 400, 'not_json'],
    ['an empty array', '[]', 400, 'no_reports'],
    ['501 reports', json(Array.from({ length: 501 }, () => report)), 413, 'too_many_reports'],
    ['more than 2 MiB', json({ ...report, narrative: 'x'.repeat(2_097_153) }), 413, 'body_too_large'],
  ])('of %s is refused', async (_what, body, status, code) => {
    expect(await problemOf(await post(body))).toMatchObject({ status, code })
  })
  it.each([
    ['5,001 lines', `${json(report)}\n`.repeat(5001), 413, 'too_many_reports'],
    ['blank lines alone', '\n \n', 400, 'no_reports'],
  ])('of %s of NDJSON is refused', async (_what, body, status, code) => {
    const small = body.replaceAll(/,"narrative":"[^"]*"/gu, '')
    expect(await problemOf(await post(small, NDJSON_TYPE))).toMatchObject({ status, code })
  })
  it('that is not UTF-8 is refused, also where it could be mended', async () => {
    const body = Buffer.from(json(report).replace('Тираж', '\u0001'))
    body[body.indexOf(1)] = 0xff
    expect(await problemOf(await post(Uint8Array.from(body)))).toMatchObject({
      status: 400,
      code: 'not_json',
    })
  })
  it('without an end to its length is refused at 2 MiB', async () => {
    const chunk = new Uint8Array(65_536).fill(0x20)
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled += 1
        if (pulled > 200) controller.close()
        else controller.enqueue(chunk)
      },
    })
    const answer = fetch(`${intake.url}/v1/reports`, {
      method: 'POST',
      headers: { ...JSON_TYPE, authorization: `Bearer ${surroundings.accessKeys.field}` },
      body: endless,
      duplex: 'half',
    })
    // A client that still sends when the refusal comes may see the connection end instead.
    const status = await answer.then(
      (response) => response.status,
      () => 413,
    )
    expect(status).toBe(413)
    expect(pulled).toBeLessThan(200)
  })
  it.each([
    ['no content type', {}],
    ['text/plain', { 'content-type': 'text/plain' }],
    ['application/xml', { 'content-type': 'application/xml' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['an encoding that nobody knows', { ...JSON_TYPE, 'content-encoding': 'compress' }],
  ])('with %s is refused', async (_what, headers) => {
    const body = new Uint8Array(Buffer.from(json(report)))
    expect(await problemOf(await post(body, headers as Record<string, string>))).toMatchObject({
      status: 415,
      code: 'unsupported_media_type',
    })
  })
  it('waits its turn where others may take all the memory there is for them', async () => {
    const tight = await openIntake({
      ...surroundings,
      env: { ...surroundings.env, INTAKE_BODIES_BYTES_MAX: String(BODY_BYTES_MAX) },
    })
    const postThere = postTo(tight.url, surroundings.accessKeys.field)
    const { port, hostname } = new URL(tight.url)
    const slow = connect(Number(port), hostname)
    const head = ['POST /v1/reports HTTP/1.1', 'host: x', `content-length: ${BODY_BYTES_MAX}`]
    slow.write(
      `${[...head, `authorization: Bearer ${surroundings.accessKeys.field}`, 'content-type: application/json'].join('\r\n')}\r\n\r\n{`,
    )
    await until('a refusal', async () => (await postThere(json(newReport()))).status === 503)
    const refused = await postThere(json(newReport()))
    expect(refused.headers.has('retry-after')).toBe(true)
    expect(await problemOf(refused)).toMatchObject({ status: 503, code: 'overloaded' })
    slow.destroy()
    await until('room again', async () => (await postThere(json(newReport()))).status === 202)
    await tight.close()
  })
  it.each([
    ['cut short', (packed: Buffer) => packed.subarray(0, 60)],
    ['damaged', (packed: Buffer) => Buffer.concat([packed.subarray(0, 40), Buffer.alloc(40, 7)])],
    ['not packed at all', () => Buffer.from(json(report))],
  ])('of gzip that is %s is refused', async (_what, spoil) => {
    const body = Uint8Array.from(spoil(gzipSync(json(newReport()))))
    const answer = await problemOf(await post(body, { ...JSON_TYPE, 'content-encoding': 'gzip' }))
    expect(answer).toMatchObject({ status: 400, code: 'invalid_request' })
  })
  it.each([
    ['gzip', gzipSync(Buffer.alloc(100_000_000))],
    ['br', brotliCompressSync(Buffer.alloc(100_000_000), { params: { 1: 3 } })],
    ['zstd', zstdCompressSync(Buffer.alloc(100_000_000))],
  ])('that is a bomb of %s is refused without being unpacked', async (encoding, bomb) => {
    const before = process.memoryUsage.rss()
    const answer = await problemOf(
      await post(Uint8Array.from(bomb), { ...JSON_TYPE, 'content-encoding': encoding }),
    )
    expect(answer).toMatchObject({ status: 413, code: 'body_too_large' })
    expect(process.memoryUsage.rss() - before).toBeLessThan(50_000_000)
  })
  it.each([
    ['a length twice', 'content-length: 5\r\ncontent-length: 6', 400, 'invalid_request'],
    ['headers of 20 kB', `x: ${'y'.repeat(20_000)}`, 431, 'headers_too_large'],
  ])(
    'after %s is never read, and the answer is a problem all the same',
    async (...[, header, status, code]) => {
      const { port, hostname } = new URL(intake.url)
      const socket = connect(Number(port), hostname)
      socket.write(`POST /v1/reports HTTP/1.1\r\nhost: x\r\n${header}\r\n\r\n`)
      const answer = Buffer.concat(await socket.toArray()).toString()
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `, 'u'))
      expect(answer).toContain('content-type: application/problem+json')
      expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status, code })
    },
  )
  it('of 5,000 lines for one partition, some 4 MB of events, is taken, and others are answered meanwhile', async () => {
    const reportId = '0190b4c0-7a11-7c3e-9d55-0242ac12ffff'
    const small = { kind: 'voter_intimidation', reportId, occurred: { from: '2005-11-01', precision: 'day' } }
    const all = Array.from({ length: 5000 }, (_, index) => ({
      ...small,
      place: { text: `Участок ${index}` },
      details: { means: 'e_voting', words: "We'll know if you didn't use it." },
    }))
    const order: string[] = []
    const answer = post(all.map((each) => json(each)).join('\n'), NDJSON_TYPE)
    const noted = answer.then(() => order.push('reports'))
    await until('answers to both', async () => {
      await (await fetch(`${intake.url}/healthz`)).text()
      return order.push('health') > 1 && order.includes('reports')
    })
    await noted
    const { results } = await bodyOf<ReportsAnswer>(await answer)
    expect(results.filter(({ status }) => status === 202)).toHaveLength(5000)
    expect(order.indexOf('reports')).toBeGreaterThan(1)
    await until('all of them', () => eventsOf(reportId).length === 5000)
  })
})
