import { randomUUID } from 'node:crypto'
import type { AkimatsDailyAnswer, Problem, ReportsPage } from '@baqylau/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failed, land, placed, retracted, submitted } from '../testing/land-reports.ts'
import { openAtlas, type OpenedAtlas } from '../testing/open-atlas.ts'

const author = `atlas-api-${randomUUID()}`
let atlas: OpenedAtlas

const seizure = (from: string, more: object = {}) => ({
  reportId: randomUUID(),
  kind: 'press_seizure' as const,
  occurred: { from, precision: 'day' as const },
  place: { text: 'Шымкент' },
  narrative: 'что было',
  details: { outlet: 'Свобода слова', copiesSeized: 100 },
  ...more,
})

const ask = (url: string, key: string | undefined = atlas.accessKeys.analyst, accept = 'application/json') =>
  atlas.server.inject({ url, headers: { accept, ...(key === '' ? {} : { authorization: `Bearer ${key}` }) } })

const daily = async (query: string): Promise<AkimatsDailyAnswer> =>
  (await ask(`/v1/akimats/daily?${query}`)).json<AkimatsDailyAnswer>()

beforeAll(async () => {
  atlas = await openAtlas({ rowsMax: 20 })
})
afterAll(() => atlas.close())

describe('akimats by day', () => {
  beforeAll(async () => {
    const inShymkent = submitted(author, seizure('1998-03-01'))
    const inAlmaty = submitted(author, seizure('1998-03-01T23:30:00-05:00'))
    const nowhere = submitted(author, seizure('1998-03-02'))
    const takenBack = submitted(author, seizure('1998-03-02'))
    const events = [
      inShymkent,
      placed(inShymkent, 'KZ-61', 'KZ-79'),
      inAlmaty,
      placed(inAlmaty, 'KZ-75'),
      nowhere,
      placed(nowhere, null),
      takenBack,
      retracted(takenBack),
    ]
    await land(atlas.clickhouse, events)
    await land(atlas.clickhouse, events)
  })

  test('counts each report once on its day as written, however often it is landed, and no retracted one', async () => {
    const { regions, days } = await daily('from=1998-03-01&to=1998-03-31')
    expect(regions).toBe('then')
    expect(days.map(({ regionCode, day, reports }) => [regionCode, day, reports])).toEqual([
      ['KZ-61', '1998-03-01', 1],
      ['KZ-75', '1998-03-01', 1],
      ['', '1998-03-02', 1],
    ])
    expect(days[0]).toMatchObject({
      kind: 'press_seizure',
      precision: 'day',
      incidents: 1,
      copiesSeized: 100,
    })
  })

  test('names an akimat as it was called on the day, or as it is called today', async () => {
    const then = await daily('from=1998-03-01&to=1998-03-31&region=KZ-61')
    expect(then.days.map(({ names }) => names?.en)).toEqual(['South Kazakhstan Region'])
    const today = await daily('from=1998-03-01&to=1998-03-31&regions=today&region=KZ-79')
    expect(today.days.map(({ names }) => names?.en)).toEqual(['Shymkent City'])
    expect((await daily('from=1998-03-01&to=1998-03-31&regions=today&region=KZ-61')).days).toEqual([])
  })

  test.each(['region=unresolved', 'region='])('gives what could not be placed for %s', async (region) => {
    const { days } = await daily(`from=1998-03-01&to=1998-03-31&${region}`)
    expect(days).toMatchObject([{ regionCode: '', names: null, reports: 1 }])
  })

  test('gives the same as CSV, by format and by Accept', async () => {
    const url = '/v1/akimats/daily?from=1998-03-01&to=1998-03-31&region=KZ-75'
    const byFormat = await ask(`${url}&format=csv`)
    expect(byFormat.headers['content-type']).toContain('text/csv')
    expect(byFormat.body).toBe(
      'region_code,name_kk,name_ru,name_en,day,kind,precision,reports,incidents,people_detained,copies_seized,denials\r\n' +
        'KZ-75,Алматы қаласы,город Алматы,Almaty City,1998-03-01,press_seizure,day,1,1,0,100,0\r\n',
    )
    expect((await ask(url, undefined, 'text/csv')).body).toBe(byFormat.body)
  })

  test.each([
    ['text/csv', 'text/csv'],
    ['text/csv;q=0.9, application/json;q=0.2', 'text/csv'],
    ['text/csv, */*;q=0.1', 'text/csv'],
    ['application/json, text/csv;q=0.1', 'application/json'],
    ['application/json, text/csv', 'application/json'],
    ['text/csv;q=0, */*', 'application/json'],
    ['*/*', 'application/json'],
    ['text/html', 'application/json'],
    ['nonsense', 'application/json'],
  ])('answers Accept: %s with %s', async (accept, type) => {
    const answer = await ask('/v1/akimats/daily?from=1998-03-01&to=1998-03-31', undefined, accept)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toContain(type)
    expect(answer.headers.vary).toContain('accept')
  })

  test('refuses an answer that would be longer than its bound, rather than cut it', async () => {
    const events = Array.from({ length: 21 }, (_, index) =>
      submitted(author, seizure(`1998-05-${String(index + 1).padStart(2, '0')}`)),
    )
    await land(atlas.clickhouse, events)
    const answer = await ask('/v1/akimats/daily?from=1998-05-01&to=1998-05-31')
    expect(answer.statusCode).toBe(400)
    expect(answer.json<Problem>()).toMatchObject({ code: 'invalid_query' })
    expect((await daily('from=1998-05-01&to=1998-05-20')).days).toHaveLength(20)
  })

  test.each([
    ['from=1066-01-01', '/from'],
    ['to=3000-01-01', '/to'],
    ['from=2005-02-30', '/from'],
    ['from=2005-12-01&to=2005-11-01', '/from'],
    ['region=KZ-99', '/region'],
    ['kind=theft', '/kind'],
    ['kind=vote_tally&kind=press_seizure', '/kind'],
    ['regions=tomorrow', '/regions'],
    ['colour=red', '/colour'],
    ["region=' OR 1=1 --", '/region'],
  ])('refuses %s with its place', async (query, path) => {
    const answer = await ask(`/v1/akimats/daily?${encodeURI(query)}`)
    expect(answer.statusCode).toBe(400)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    const problem = answer.json<Problem>()
    expect(problem.code).toBe('invalid_query')
    expect(problem.errors?.map((fault) => fault.path)).toContain(path)
  })
})

describe('who may read', () => {
  test.each(['/v1/akimats/daily', '/v1/reports'])('%s takes an analyst or an operator', async (path) => {
    const url = `${path}?from=1991-01-01&to=1991-01-02`
    const statuses = [
      atlas.accessKeys.analyst,
      atlas.accessKeys.operator,
      atlas.accessKeys.field,
      'wrong',
      '',
    ]
    const answers = await Promise.all(statuses.map((key) => ask(url, key)))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 403, 401, 401])
  })
})

describe('reports', () => {
  const walk = async (query: string, limit: number, between: () => Promise<void>): Promise<string[]> => {
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const next: string = cursor === '' ? '' : `&cursor=${cursor}`
      const page: ReportsPage = (await ask(`/v1/reports?${query}&limit=${limit}${next}`)).json<ReportsPage>()
      expect(page.reports.length).toBeLessThanOrEqual(limit)
      seen.push(...page.reports.map(({ reportId }) => reportId))
      cursor = page.next
      await between()
    }
    return seen
  }

  test('come page by page, each once, the latest received first, also while others land', async () => {
    const events = Array.from({ length: 7 }, () => submitted(author, seizure('1998-07-01')))
    await land(atlas.clickhouse, events)
    const seen = await walk('from=1998-07-01&to=1998-07-01', 3, () =>
      land(atlas.clickhouse, [submitted(author, seizure('1998-07-01'))]),
    )
    expect(seen).toEqual(events.map(({ subject }) => subject).toReversed())
  })

  test('of one moment are told apart, also two authors under one id', async () => {
    const one = submitted(author, seizure('1998-07-05'))
    const two = { ...submitted(author, seizure('1998-07-05')), time: one.time }
    const by = (suffix: string) => ({ ...one, author: `${author}-${suffix}` })
    await land(atlas.clickhouse, [one, two, by('b'), by('c'), by('d')])
    const seen = await walk('from=1998-07-05&to=1998-07-05', 1, () => Promise.resolve())
    expect(seen.toSorted()).toEqual([...Array<string>(4).fill(one.subject), two.subject].toSorted())
  })

  test('say nothing of their author, the cursor neither, and marks of one author differ', async () => {
    await land(
      atlas.clickhouse,
      [1, 2, 3].map(() => submitted(author, seizure('1998-07-07'))),
    )
    const first = await ask('/v1/reports?from=1998-07-07&to=1998-07-07&limit=1')
    const { next } = first.json<ReportsPage>()
    const second = await ask(`/v1/reports?from=1998-07-07&to=1998-07-07&limit=1&cursor=${next}`)
    const cursors = [next, second.json<ReportsPage>().next].map((cursor) =>
      Buffer.from(cursor ?? '', 'base64url').toString(),
    )
    for (const text of [first.body, ...cursors]) expect(text).not.toContain(author)
    const marks = cursors.map((cursor) => (JSON.parse(cursor) as readonly unknown[])[2])
    expect(new Set(marks).size).toBe(2)
  })

  test('show narrative and coordinates only when they are public', async () => {
    const place = { text: 'Алматы', lat: 43.25, lon: 76.9 }
    const both = (['public', 'restricted'] as const).map((confidentiality) =>
      submitted(author, seizure('1998-08-01', { confidentiality, place })),
    )
    await land(
      atlas.clickhouse,
      both.map((event) => placed(event, 'KZ-75')),
    )
    const { reports } = (await ask('/v1/reports?from=1998-08-01&to=1998-08-01')).json<ReportsPage>()
    const shown = Object.fromEntries(
      reports.map(({ confidentiality, narrative, latitude, longitude }) => [
        confidentiality,
        [narrative, latitude, longitude],
      ]),
    )
    expect(shown).toEqual({ public: ['что было', 43.25, 76.9], restricted: [null, null, null] })
  })

  test('are chosen by stage, region of today, kind, and whether they are synthetic', async () => {
    const invented = submitted(author, seizure('1998-09-01', { synthetic: true }))
    const broken = submitted(author, seizure('1998-09-01'))
    await land(atlas.clickhouse, [placed(invented, 'KZ-61', 'KZ-79'), broken, failed(broken)])
    const chosen = async (query: string) =>
      (await ask(`/v1/reports?from=1998-09-01&to=1998-09-01&${query}`))
        .json<ReportsPage>()
        .reports.map(({ reportId }) => reportId)
    expect(await chosen('synthetic=true')).toEqual([invented.subject])
    expect(await chosen('synthetic=false')).toEqual([broken.subject])
    expect(await chosen('stage=enrichment_failed')).toEqual([broken.subject])
    expect(await chosen('region=KZ-79&regions=today')).toEqual([invented.subject])
    expect(await chosen('kind=vote_tally')).toEqual([])
  })

  test.each(['limit=0', 'limit=501', 'limit=many', 'cursor=made-up', `cursor=${'x'.repeat(600)}`])(
    'refuse %s',
    async (query) => {
      const answer = await ask(`/v1/reports?${query}`)
      expect(answer.statusCode).toBe(400)
      expect(answer.json<Problem>().code).toBe('invalid_query')
    },
  )
})

describe('when ClickHouse', () => {
  test('is there and migrated, atlas is ready', async () => {
    const answer = await atlas.server.inject({ url: '/readyz' })
    expect(answer.json<unknown>()).toEqual({ status: 'ready', checks: { clickhouse: 'ok' } })
  })

  test('is away, it says so and when to try again, and stays alive', async () => {
    const away = await openAtlas({ url: 'http://127.0.0.1:9' })
    const authorization = `Bearer ${away.accessKeys.analyst}`
    const answer = await away.server.inject({ url: '/v1/akimats/daily', headers: { authorization } })
    expect(answer.statusCode).toBe(503)
    expect(answer.json<Problem>().code).toBe('read_side_unavailable')
    expect(answer.headers['retry-after']).toBeDefined()
    expect((await away.server.inject({ url: '/readyz' })).statusCode).toBe(503)
    expect((await away.server.inject({ url: '/healthz' })).statusCode).toBe(200)
    await away.close()
  })
})
