import { randomUUID } from 'node:crypto'
import type { Problem, ReceiptAnswer } from '@baqylau/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { amended, failed, land, placed, receiptOf, retracted, submitted } from '../testing/land-reports.ts'
import { openAtlas, type OpenedAtlas } from '../testing/open-atlas.ts'

const author = `atlas-receipts-${randomUUID()}`
let atlas: OpenedAtlas

const denial = (from: string) => ({
  reportId: randomUUID(),
  kind: 'premises_denial' as const,
  occurred: { from, precision: 'day' as const },
  place: { text: 'Шымкент' },
  details: { venue: 'Дом культуры' },
})

beforeAll(async () => {
  atlas = await openAtlas()
})
afterAll(() => atlas.close())

describe('receipts', () => {
  const lookUp = (receipt: string) =>
    atlas.server.inject({ url: `/v1/receipts/${encodeURIComponent(receipt)}` })

  test('tell how far the report has come, and where it was placed', async () => {
    const event = submitted(author, denial('1998-10-01'))
    const receipt = receiptOf(author, event.subject)
    const answers = [(await lookUp(receipt)).json<unknown>()]
    for (const next of [event, placed(event, 'KZ-61', 'KZ-79'), retracted(event)]) {
      await land(atlas.clickhouse, [next])
      answers.push((await lookUp(receipt)).json<unknown>())
    }
    expect(answers).toEqual([
      { status: 'accepted', placedIn: null },
      { status: 'landed', placedIn: null },
      {
        status: 'enriched',
        placedIn: {
          regionCode: 'KZ-61',
          names: {
            kk: 'Оңтүстік Қазақстан облысы',
            ru: 'Южно-Казахстанская область',
            en: 'South Kazakhstan Region',
          },
        },
      },
      { status: 'retracted', placedIn: null },
    ])
  })

  test('follow a report that is amended, taken back before it comes, and reinstated', async () => {
    const report = denial('1998-10-03')
    const first = submitted(author, report)
    const moved = amended(author, { ...report, place: { text: 'Алматы' } }, 3)
    const receipt = receiptOf(author, report.reportId)
    const statuses: string[] = []
    const steps = [
      retracted(first),
      first,
      placed(first, 'KZ-61'),
      moved,
      placed(moved, 'KZ-75'),
      retracted(first),
      amended(author, report, 2),
    ]
    for (const step of steps) {
      await land(atlas.clickhouse, [step])
      const { status, placedIn } = (await lookUp(receipt)).json<ReceiptAnswer>()
      statuses.push(`${status} ${placedIn?.regionCode ?? ''}`.trim())
    }
    expect(statuses).toEqual([
      'retracted',
      'retracted',
      'retracted',
      'landed',
      'enriched KZ-75',
      'enriched KZ-75',
      'enriched KZ-75',
    ])
  })

  test('say so when the enrichment failed, or found no akimat', async () => {
    const [broken, nowhere] = [1, 2].map(() => submitted(author, denial('1998-10-02')))
    if (broken === undefined || nowhere === undefined) throw new TypeError('two were made')
    await land(atlas.clickhouse, [failed(broken), placed(nowhere, null)])
    const answer = async (subject: string) => (await lookUp(receiptOf(author, subject))).json<unknown>()
    expect(await answer(broken.subject)).toEqual({ status: 'enrichment_failed', placedIn: null })
    expect(await answer(nowhere.subject)).toEqual({ status: 'enriched', placedIn: null })
  })

  test('are read as people write them, and known when they are mistyped', async () => {
    const receipt = receiptOf(author, randomUUID())
    expect((await lookUp(receipt.toLowerCase().replace(/(.{5})/g, '$1 '))).statusCode).toBe(200)
    const wrong = `${receipt.startsWith('0') ? '1' : '0'}${receipt.slice(1)}`
    const answer = await lookUp(wrong)
    expect(answer.statusCode).toBe(400)
    expect(answer.json<Problem>().code).toBe('invalid_receipt')
  })

  test('are looked up by one address so many times a minute, and no more', async () => {
    const limited = await openAtlas({ lookupsPerMinute: 2 })
    const url = `/v1/receipts/${receiptOf(author, randomUUID())}`
    const from = (remoteAddress: string) => limited.server.inject({ url, remoteAddress })
    const [first, second, third, other] = [
      await from('10.0.0.1'),
      await from('10.0.0.1'),
      await from('10.0.0.1'),
      await from('10.0.0.2'),
    ]
    expect([first, second, third, other].map(({ statusCode }) => statusCode)).toEqual([200, 200, 429, 200])
    expect(third.json<Problem>().code).toBe('rate_limited')
    expect(Number(third.headers['retry-after'])).toBeGreaterThan(5)
    await limited.close()
  })
})

describe('the limit of look-ups', () => {
  test('counts the API and the pages together', async () => {
    const limited = await openAtlas({ lookupsPerMinute: 2 })
    const receipt = receiptOf(author, randomUUID())
    const byApi = () => limited.server.inject({ url: `/v1/receipts/${receipt}` })
    const byPage = (url: string, form: string) =>
      limited.server.inject({
        method: 'POST',
        url,
        headers: {
          host: 'atlas.test',
          origin: 'http://atlas.test',
          'content-type': 'application/x-www-form-urlencoded',
        },
        payload: form,
      })
    const answers = [
      await byApi(),
      await byPage('/receipt', `receipt=${receipt}`),
      await byPage('/session', 'key=x'),
      await byApi(),
    ]
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 429, 429])
    await limited.close()
  })

  test('is per sender behind a proxy that is trusted, and per connection behind another', async () => {
    const limited = await openAtlas({ lookupsPerMinute: 1, trustedProxies: ['10.0.0.1'] })
    const url = `/v1/receipts/${receiptOf(author, randomUUID())}`
    const status = async (remoteAddress: string, sender: string) =>
      (await limited.server.inject({ url, remoteAddress, headers: { 'x-forwarded-for': sender } })).statusCode
    expect(await status('10.0.0.1', '203.0.113.1')).toBe(200)
    expect(await status('10.0.0.1', '203.0.113.2')).toBe(200)
    expect(await status('10.0.0.1', '203.0.113.1')).toBe(429)
    expect(await status('10.0.0.2', '203.0.113.3')).toBe(200)
    expect(await status('10.0.0.2', '203.0.113.4')).toBe(429)
    await limited.close()
  })
})
