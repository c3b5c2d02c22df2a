import { randomUUID } from 'node:crypto'
import type { Problem, ReportHistory } from '@baqylau/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { amended, land, placed, retracted, submitted } from '../testing/land-reports.ts'
import { openAtlas, type OpenedAtlas } from '../testing/open-atlas.ts'

const author = `atlas-history-${randomUUID()}`
const neighbour = `${author}-neighbour`
const reportId = randomUUID()
const report = {
  reportId,
  kind: 'premises_denial' as const,
  occurred: { from: '1998-11-01', precision: 'day' as const },
  place: { text: 'Шымкент' },
  details: { venue: 'Дом культуры' },
}
const first = submitted(author, report)
const enriched = placed(first, 'KZ-61')
const second = amended(author, { ...report, details: { venue: 'Дворец' } }, 2)
const takenBack = retracted(second, 3)
const theirs = submitted(neighbour, { ...report, details: { venue: 'Клуб' } })

let atlas: OpenedAtlas
beforeAll(async () => {
  atlas = await openAtlas()
  await land(atlas.clickhouse, [takenBack, theirs, second, enriched, first, first])
})
afterAll(() => atlas.close())

const ask = (id: string, query = '', key = atlas.accessKeys.analyst) =>
  atlas.server.inject({
    url: `/v1/reports/${id}/history${query}`,
    headers: { authorization: `Bearer ${key}` },
  })
const historyOf = async (id: string, query = ''): Promise<ReportHistory> =>
  (await ask(id, query)).json<ReportHistory>()

describe('the history of a report', () => {
  test('has every event of every author, by version, with position and key', async () => {
    const history = await historyOf(reportId)
    expect(history).toMatchObject({ reportId, next: null })
    const { events } = history
    const versions = events.map(({ version }) => BigInt(version))
    expect(versions).toEqual(versions.toSorted((one, other) => (one < other ? -1 : 1)))
    const told = events.map(({ eventId, keyId }) => [eventId, keyId])
    const ofRevision1 = [
      [first.id, `key-of-${author}`],
      [first.id, `key-of-${author}`],
      [enriched.id, null],
      [theirs.id, `key-of-${neighbour}`],
    ]
    expect(new Set(told.slice(0, 4).map(String))).toEqual(new Set(ofRevision1.map(String)))
    expect(told.slice(4)).toEqual([
      [second.id, `key-of-${author}`],
      [takenBack.id, `key-of-${author}`],
    ])
    const positions = events.map(({ topic, partition, offset }) => `${topic}/${partition}/${offset}`)
    expect(new Set(positions).size).toBe(6)
    expect(new Set(events.map(({ authorMark }) => authorMark)).size).toBe(2)
    expect(JSON.stringify(history)).not.toContain(`"${author}"`)
  })

  test('tells of each event what it did', async () => {
    const { events } = await historyOf(reportId)
    const last = events.at(-1)
    expect(last).toEqual({
      topic: `atlas-test-${process.pid}`,
      partition: 0,
      offset: last?.offset,
      eventId: takenBack.id,
      type: 'kz.baqylau.report.retracted.v1',
      time: takenBack.time,
      authorMark: events.find(({ eventId }) => eventId === first.id)?.authorMark,
      revision: 3,
      stage: 'submitted',
      retracted: true,
      enrichmentVersion: 0,
      version: last?.version,
      contentHash: takenBack.contenthash,
      keyId: `key-of-${author}`,
      landedAt: last?.landedAt,
    })
    expect(last?.landedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(events.find(({ eventId }) => eventId === enriched.id)).toMatchObject({
      type: 'kz.baqylau.report.enriched.v1',
      stage: 'enriched',
      retracted: false,
      enrichmentVersion: 1,
    })
  })

  test.each([1, 2, 4, 5])('comes page by page, %i at a time, each event once', async (limit) => {
    const all = (await historyOf(reportId)).events
    const walked: ReportHistory['events'] = []
    let next: string | null = ''
    while (next !== null) {
      const page: ReportHistory = await historyOf(
        reportId,
        `?limit=${limit}${next === '' ? '' : `&cursor=${next}`}`,
      )
      expect(page.events.length).toBeLessThanOrEqual(limit)
      walked.push(...page.events)
      next = page.next
    }
    expect(walked).toEqual(all)
  })

  test('is found by an id in capitals, and answered in lower case', async () => {
    const history = await historyOf(reportId.toUpperCase())
    expect(history).toEqual(await historyOf(reportId))
  })

  test.each([
    ['an id that nobody has used', randomUUID(), '', 404, 'not_found'],
    ['an address that is no id', 'report-7', '', 400, 'invalid_request'],
    ['a cursor that is none', reportId, '?cursor=x', 400, 'invalid_query'],
    ['a page that is too large', reportId, '?limit=501', 400, 'invalid_query'],
    ['a parameter that is not known', reportId, '?colour=red', 400, 'invalid_query'],
  ] as const)('is refused for %s', async (...[, id, query, status, code]) => {
    const answer = await ask(id, query)
    expect(answer.statusCode).toBe(status)
    expect(answer.json<Problem>().code).toBe(code)
  })

  test('is for analysts and operators alone', async () => {
    const { field, operator } = atlas.accessKeys
    expect((await ask(reportId, '', field)).statusCode).toBe(403)
    expect((await ask(reportId, '', 'unknown')).statusCode).toBe(401)
    expect((await ask(reportId, '', operator)).statusCode).toBe(200)
  })
})
