import { randomUUID } from 'node:crypto'
import { type AkimatsDailyAnswer, KINDS, type Kind } from '@baqylau/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failed, land, placed, receiptOf, submitted } from '../../testing/land-reports.ts'
import { openAtlas, type OpenedAtlas } from '../../testing/open-atlas.ts'

const author = `atlas-pages-${randomUUID()}`
const host = 'atlas.test'
const PERIOD = 'from=1997-03-01&to=1997-03-31'
let atlas: OpenedAtlas

const tally = (from: string, more: object = {}) => ({
  reportId: randomUUID(),
  kind: 'vote_tally' as const,
  occurred: { from, precision: 'day' as const },
  place: { text: 'Алматы' },
  details: { votes: [{ candidate: 'A', votes: 1 }] },
  ...more,
})

const get = (url: string, cookie = '') =>
  atlas.server.inject({ url, headers: { host, cookie, 'accept-language': 'en' } })

const post = (
  url: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
) =>
  atlas.server.inject({
    method: 'POST',
    url,
    headers: {
      host,
      origin: `http://${host}`,
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    payload: new URLSearchParams(form).toString(),
  })

const signIn = async (key: string): Promise<string> => {
  const [cookie] = (await post('/session', { key })).cookies
  return cookie === undefined ? '' : `${cookie.name}=${cookie.value}`
}

const numbersOf = (html: string): readonly number[] =>
  [...html.matchAll(/<td[^>]*>([\d,]+)<\/td>/g)].map(([, text]) => Number(text?.replaceAll(',', '')))

/** The numbers of each line of the table, by the code of its akimat. */
const tableOf = (page: string): Readonly<Record<string, readonly number[]>> => {
  const table = /<table id="akimats">([\s\S]*?)<\/table>/.exec(page)?.[1] ?? ''
  const rows = [...table.matchAll(/<tr id="row-([^"]+)">([\s\S]*?)<\/tr>/g)]
  return Object.fromEntries(rows.map(([, code, cells]) => [code ?? '', numbersOf(cells ?? '')]))
}

beforeAll(async () => {
  atlas = await openAtlas()
})
afterAll(() => atlas.close())

describe('the overview', () => {
  let cookie = ''
  beforeAll(async () => {
    cookie = await signIn(atlas.accessKeys.analyst)
    const reports = [
      placed(submitted(author, tally('1997-03-01', { synthetic: true })), 'KZ-75'),
      placed(submitted(author, tally('1997-03-02')), 'KZ-75'),
      placed(submitted(author, tally('1997-03-02')), 'KZ-61', 'KZ-79'),
      placed(
        submitted(author, tally('1997-03-03', { occurred: { from: '1997-03-03', precision: 'month' } })),
        null,
      ),
      failed(submitted(author, tally('1997-03-04'))),
      submitted(author, tally('1997-03-05')),
      placed(
        submitted(author, {
          ...tally('1997-03-06'),
          kind: 'assembly_arrest',
          details: { peopleDetained: 1200 },
        }),
        'KZ-19',
      ),
    ]
    await land(atlas.clickhouse, reports)
  })

  test.each(['then', 'today'])('has the numbers that the API has, for the regions of %s', async (regions) => {
    const page = (await get(`/?${PERIOD}&regions=${regions}`, cookie)).body
    const { days } = (
      await atlas.server.inject({
        url: `/v1/akimats/daily?${PERIOD}&regions=${regions}`,
        headers: { authorization: `Bearer ${atlas.accessKeys.analyst}` },
      })
    ).json<AkimatsDailyAnswer>()
    const sum = (code: string, of: (day: AkimatsDailyAnswer['days'][number]) => number) =>
      days.filter(({ regionCode }) => regionCode === code).reduce((total, day) => total + of(day), 0)
    const expected = (code: string) => [
      ...KINDS.map((kind: Kind) => sum(code, (day) => (day.kind === kind ? day.reports : 0))),
      sum(code, ({ reports }) => reports),
      sum(code, ({ incidents }) => incidents),
      sum(code, ({ peopleDetained }) => peopleDetained),
      sum(code, ({ copiesSeized }) => copiesSeized),
    ]
    const table = tableOf(page)
    expect(Object.keys(table)).toHaveLength(regions === 'then' ? 17 : 21)
    for (const [code, numbers] of Object.entries(table)) {
      expect([code, ...numbers]).toEqual([code, ...expected(code === 'unresolved' ? '' : code)])
    }
    expect(table[regions === 'then' ? 'KZ-61' : 'KZ-79']?.[KINDS.length]).toBe(1)
    const total = days.reduce((all, { reports }) => all + reports, 0)
    expect(total).toBe(7)
    expect(page).toContain(`<strong id="sum-reports">${total}</strong>`)
  })

  test('says how many are unresolved, invented, waiting and failed', async () => {
    const page = (await get(`/?${PERIOD}`, cookie)).body
    const sums = [...page.matchAll(/<strong id="sum-(\w+)">(\d+)<\/strong>/g)].map(([, id, count]) => [
      id,
      count,
    ])
    expect(Object.fromEntries(sums)).toEqual({
      reports: '7',
      incidents: '7',
      unresolved: '3',
      synthetic: '1',
      awaiting: '1',
      failed: '1',
    })
  })

  test('draws the same numbers on map and time line', async () => {
    const page = (await get(`/?${PERIOD}`, cookie)).body
    const map = /<svg[^>]*id="map"[\s\S]*?<\/svg>/.exec(page)?.[0] ?? ''
    expect(map).toMatch(/<title>Almaty City: 2<\/title>/)
    expect([...map.matchAll(/<title>/g)]).toHaveLength(16)
    const timeline = /<svg[^>]*id="timeline"[\s\S]*?<\/svg>/.exec(page)?.[0] ?? ''
    const bars = [...timeline.matchAll(/<title>[^:]*: (\d+)<\/title>/g)].map(([, count]) => Number(count))
    expect(bars.reduce((sum, count) => sum + count, 0)).toBe(7)
  })

  test('is the same in three languages, with the names of akimats in each', async () => {
    const names = { kk: 'Алматы қаласы', ru: 'город Алматы', en: 'Almaty City' }
    for (const [language, name] of Object.entries(names)) {
      const page = (await get(`/?${PERIOD}&lang=${language}`, cookie)).body
      expect(page).toContain(`<html lang="${language}">`)
      expect(page).toContain(name)
    }
  })

  test('offers its table as CSV to a session, and sends others to the entrance', async () => {
    const file = await get(`/akimats-daily.csv?${PERIOD}&kind=assembly_arrest`, cookie)
    expect(file.headers['content-type']).toContain('text/csv')
    expect(file.body.split('\r\n')).toHaveLength(3)
    expect((await get(`/akimats-daily.csv?${PERIOD}`)).statusCode).toBe(303)
  })

  test('has no script, and lets nothing from elsewhere in', async () => {
    const answer = await get(`/?${PERIOD}&kind=%3Cscript%3E&from=%22%3E%3Cscript%3E`, cookie)
    expect(answer.body).not.toMatch(/<script/i)
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
    expect(answer.headers['cache-control']).toBe('no-store')
    expect((await get(/href="(\/atlas\.css[^"]*)"/.exec(answer.body)?.[1] ?? '')).statusCode).toBe(200)
  })
})

describe('a session', () => {
  test('begins with the key of an analyst or operator alone', async () => {
    expect(await signIn(atlas.accessKeys.operator)).not.toBe('')
    for (const key of [atlas.accessKeys.field, 'wrong']) {
      const refused = await post('/session', { key, lang: 'ru' })
      expect([refused.statusCode, refused.cookies]).toEqual([403, []])
      expect(refused.body).toContain('id="fault"')
    }
  })

  test('is kept from scripts and other sites, and is nothing under /v1', async () => {
    const { cookies } = await post('/session', { key: atlas.accessKeys.analyst })
    expect(cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Strict', secure: true })
    const cookie = `${cookies[0]?.name}=${cookies[0]?.value}`
    expect((await get(`/v1/akimats/daily?${PERIOD}`, cookie)).statusCode).toBe(401)
    expect((await get('/', cookie)).body).toContain('id="akimats"')
    expect((await get('/', `${cookie}x`)).body).toContain('id="sign-in"')
  })

  test('is neither begun nor ended by a form of another site', async () => {
    const elsewhere = { origin: 'http://evil.test' }
    const begun = await post('/session', { key: atlas.accessKeys.analyst }, elsewhere)
    expect([begun.statusCode, begun.cookies]).toEqual([403, []])
    expect((await post('/session/end', {}, elsewhere)).statusCode).toBe(403)
    const ended = await post('/session/end', {})
    expect([ended.statusCode, ended.cookies[0]?.value]).toEqual([303, ''])
  })
})

describe('the page of a receipt', () => {
  test('tells in the language of the reader, without a key', async () => {
    const event = submitted(author, tally('1997-05-01'))
    await land(atlas.clickhouse, [placed(event, 'KZ-75')])
    const page = await post('/receipt', { receipt: receiptOf(author, event.subject), lang: 'kk' })
    expect(page.body).toContain('data-status="enriched"')
    expect(page.body).toContain('Алматы қаласы')
    expect(page.headers['cache-control']).toBe('no-store')
  })

  test('keeps what was mistyped, harmlessly', async () => {
    const page = await post('/receipt', { receipt: '"><script>alert(1)</script>' })
    expect(page.statusCode).toBe(400)
    expect(page.body).toContain('id="fault"')
    expect(page.body).not.toContain('<script')
  })

  test('says it in words when too much is asked, or the form is not understood', async () => {
    const limited = await openAtlas({ lookupsPerMinute: 1 })
    const ask = () =>
      limited.server.inject({
        method: 'POST',
        url: '/receipt',
        headers: { host, origin: `http://${host}`, 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'receipt=x&lang=ru',
      })
    expect((await ask()).statusCode).toBe(400)
    const refused = await ask()
    expect([refused.statusCode, refused.headers['content-type']]).toEqual([429, 'text/html; charset=utf-8'])
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(5)
    expect((await post('/receipt', {})).headers['content-type']).toContain('text/html')
    await limited.close()
  })

  test.each([
    [413, 'application/x-www-form-urlencoded', `receipt=${'x'.repeat(20_000)}`],
    [415, 'text/csv', 'receipt=x'],
    [400, 'application/json', '{"receipt":'],
  ])('says with %i in words that a form cannot be read (%s)', async (status, type, payload) => {
    const answer = await atlas.server.inject({
      method: 'POST',
      url: '/receipt?lang=ru',
      headers: { host, origin: `http://${host}`, 'content-type': type },
      payload,
    })
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8'])
    expect(answer.body).toContain('<html lang="ru">')
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
  })

  test('says so when the data cannot be read', async () => {
    const away = await openAtlas({ url: 'http://127.0.0.1:9' })
    const answer = await away.server.inject({
      method: 'POST',
      url: '/receipt',
      headers: { host, origin: `http://${host}`, 'content-type': 'application/x-www-form-urlencoded' },
      payload: `receipt=${receiptOf(author, randomUUID())}`,
    })
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([503, 'text/html; charset=utf-8'])
    await away.close()
  })
})
