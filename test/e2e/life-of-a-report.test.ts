import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import type { ReceiptAnswer, ReportAccepted, ReportHistory } from '@baqylau/contracts'
import type { Pipeline } from '@baqylau/infra-local'
import { type AccessKey, newAccessKey } from '@baqylau/service-kit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ask, type Change, change, countOf, startTestPipeline, submit } from '../support/running-pipeline.ts'

let pipeline: Pipeline
/** A key of somebody else of the field staff. */
let neighbour: string
beforeAll(async () => {
  pipeline = await startTestPipeline()
  const { keysFile } = pipeline.access
  const made = newAccessKey({
    id: 'neighbour',
    subject: 'heron',
    role: 'field',
    expiresAt: '2090-01-01T00:00:00Z',
  })
  const entries = JSON.parse(readFileSync(keysFile, 'utf8')) as readonly AccessKey[]
  writeFileSync(keysFile, JSON.stringify([...entries, made.entry]))
  neighbour = made.key
})
afterAll(() => pipeline.stop())

const REPORTER = 'local-field'

const arrest = (peopleDetained: number) => ({
  kind: 'assembly_arrest',
  occurred: { from: '2005-10-27', precision: 'day' },
  place: { text: 'в Шымкенте, у акимата' },
  synthetic: true,
  details: { peopleDetained },
})

const acceptedAs = async (response: Response): Promise<ReportAccepted> => {
  expect(response.status).toBe(202)
  return (await response.json()) as ReportAccepted
}
const first = async (reportId: string, people = 1, role?: 'operator'): Promise<ReportAccepted> =>
  acceptedAs(await submit(pipeline, { reportId, ...arrest(people) }, role))
/** By the reporter, with the receipt. */
const amend = async ({ reportId, receipt }: ReportAccepted, revision: number, people: number) =>
  acceptedAs(
    await change(pipeline, {
      method: 'PUT',
      reportId,
      body: { revision, ...arrest(people) },
      headers: { 'Baqylau-Receipt': receipt },
    }),
  )
const retract = async ({ reportId, receipt }: ReportAccepted, revision: number) =>
  acceptedAs(
    await change(pipeline, {
      method: 'DELETE',
      reportId,
      body: { revision, reason: 'MARK-reason' },
      headers: { 'Baqylau-Receipt': receipt },
    }),
  )

const PATIENCE = { timeout: 60_000, interval: 100 }
/** Waits until so many positions of the log hold events of a report id: two of what is enriched, one of a retraction. */
const landed = (reportId: string, events: number): Promise<void> =>
  vi.waitFor(async () => {
    const sql = 'SELECT count() FROM baqylau.report_events WHERE report_id = {reportId:UUID}'
    expect(await countOf(pipeline, sql, { reportId })).toBe(events)
  }, PATIENCE)

interface Row {
  readonly author: string
  readonly revision: number
  readonly people_detained: number
  readonly stage: string
  readonly contested: boolean
  readonly conflicting: boolean
}
const rowsOf = (reportId: string): Promise<readonly Row[]> =>
  pipeline.clickhouse.query<Row>(
    `SELECT author, revision, people_detained, stage, contested, conflicting FROM baqylau.current_reports
     WHERE report_id = {reportId:UUID} ORDER BY author`,
    { reportId },
  )
/** An insert is seen in one table a moment before it is in the next. */
const shows = (reportId: string, rows: readonly Row[]): Promise<void> =>
  vi.waitFor(async () => expect(await rowsOf(reportId)).toEqual(rows), PATIENCE)
const standing = { author: REPORTER, stage: 'enriched', contested: false, conflicting: false }

const historyOf = (reportId: string): Promise<ReportHistory> =>
  ask<ReportHistory>(pipeline, `/v1/reports/${reportId}/history`)
const statusOf = async (receipt: string): Promise<string> => {
  const response = await fetch(`${pipeline.atlasUrl}/v1/receipts/${receipt}`)
  return ((await response.json()) as ReceiptAnswer).status
}

const tells = (receipt: string, status: string): Promise<void> =>
  vi.waitFor(async () => expect(await statusOf(receipt)).toBe(status), PATIENCE)

describe('a report', () => {
  it('is amended, taken back and reinstated, and its receipt tells so at each step', async () => {
    const report = await first(randomUUID())
    const { reportId, receipt } = report
    await landed(reportId, 2)
    await amend(report, 2, 2)
    await landed(reportId, 4)
    await shows(reportId, [{ ...standing, revision: 2, people_detained: 2 }])
    await tells(receipt, 'enriched')
    await retract(report, 3)
    await landed(reportId, 5)
    await shows(reportId, [])
    await tells(receipt, 'retracted')
    await amend(report, 4, 5)
    await landed(reportId, 7)
    await shows(reportId, [{ ...standing, revision: 4, people_detained: 5 }])
    await tells(receipt, 'enriched')
    const { events } = await historyOf(reportId)
    expect(
      events.map(({ revision, stage, retracted, keyId }) => [revision, stage, retracted, keyId]),
    ).toEqual([
      [1, 'submitted', false, 'local-field'],
      [1, 'enriched', false, null],
      [2, 'submitted', false, 'local-field'],
      [2, 'enriched', false, null],
      [3, 'submitted', true, 'local-field'],
      [4, 'submitted', false, 'local-field'],
      [4, 'enriched', false, null],
    ])
    expect(new Set(events.map(({ topic }) => topic))).toEqual(
      new Set(['baqylau.reports', 'baqylau.enrichments']),
    )
  })

  it('is not harmed by a revision that is stale, or sent again', async () => {
    const report = await first(randomUUID())
    const { reportId } = report
    await amend(report, 5, 5)
    const again = await amend(report, 5, 5)
    await amend(report, 3, 3)
    await retract(report, 4)
    await first(reportId)
    await landed(reportId, 11)
    await shows(reportId, [{ ...standing, revision: 5, people_detained: 5 }])
    expect(await amend(report, 5, 5)).toEqual(again)
  })

  it('that is taken back before it comes is kept as taken back, until it is amended', async () => {
    const reportId = randomUUID()
    // The reporter has sent it, and an operator's retraction is faster.
    const headers = { 'Baqylau-Author': REPORTER }
    const retraction = { method: 'DELETE', reportId, body: { revision: 2, reason: 'x' }, headers } as const
    await acceptedAs(await change(pipeline, { ...retraction, role: 'operator' }))
    await landed(reportId, 1)
    const report = await first(reportId)
    await landed(reportId, 3)
    await shows(reportId, [])
    await tells(report.receipt, 'retracted')
    await amend(report, 3, 3)
    await landed(reportId, 5)
    await shows(reportId, [{ ...standing, revision: 3, people_detained: 3 }])
    const { events } = await historyOf(reportId)
    expect(events.map(({ revision, keyId }) => [revision, keyId])).toEqual([
      [1, 'local-field'],
      [1, null],
      [2, 'local-operator'],
      [3, 'local-field'],
      [3, null],
    ])
  })

  it('of two contents at one revision has the same winner in whatever order they come, and is conflicting', async () => {
    const [one, other] = [await first(randomUUID()), await first(randomUUID())]
    for (const people of [7, 8, 9]) await amend(one, 2, people)
    for (const people of [9, 8, 7]) await amend(other, 2, people)
    await Promise.all([landed(one.reportId, 8), landed(other.reportId, 8)])
    const winner = await vi.waitFor(async () => {
      const [row] = await rowsOf(one.reportId)
      expect(row).toMatchObject({ ...standing, revision: 2, conflicting: true })
      return row
    }, PATIENCE)
    await shows(other.reportId, winner === undefined ? [] : [winner])
    // What nobody disputes is no conflict.
    await amend(one, 3, 9)
    await landed(one.reportId, 10)
    await shows(one.reportId, [{ ...standing, revision: 3, people_detained: 9 }])
  })

  it('of two authors under one id is two reports, each its author’s own, and contested', async () => {
    const reportId = randomUUID()
    await first(reportId, 1)
    const theirs = await first(reportId, 2, 'operator')
    const body = { revision: 2, ...arrest(4) }
    const headers = { 'Baqylau-Receipt': theirs.receipt }
    await acceptedAs(await change(pipeline, { method: 'PUT', reportId, body, headers, role: 'operator' }))
    await landed(reportId, 6)
    await shows(reportId, [
      { ...standing, contested: true, revision: 1, people_detained: 1 },
      { ...standing, contested: true, author: 'local-operator', revision: 2, people_detained: 4 },
    ])
    const marks = (await historyOf(reportId)).events.map(({ authorMark }) => authorMark)
    expect(new Set(marks).size).toBe(2)
  })
})

describe('nobody else', () => {
  const send = (wanted: Change, key: string): Promise<Response> =>
    change(pipeline, { ...wanted, headers: { ...wanted.headers, authorization: `Bearer ${key}` } })

  it('changes, hides or reinstates a report, whatever they know and hold', async () => {
    const [shown, hidden] = [await first(randomUUID()), await first(randomUUID())]
    await retract(hidden, 2)
    await Promise.all([landed(shown.reportId, 2), landed(hidden.reportId, 3)])
    const claims: readonly Readonly<Record<string, string>>[] = [
      {},
      { 'Baqylau-Receipt': shown.receipt },
      { 'Baqylau-Receipt': hidden.receipt },
      { 'Baqylau-Receipt': shown.receipt, 'Baqylau-Author': REPORTER },
      { 'Baqylau-Receipt': hidden.receipt, 'Baqylau-Author': REPORTER },
      { 'Baqylau-Author': REPORTER },
    ]
    const statuses: number[] = []
    for (const { reportId } of [shown, hidden]) {
      for (const headers of claims) {
        const bodies = { PUT: { revision: 9, ...arrest(999) }, DELETE: { revision: 9, reason: 'x' } }
        for (const method of ['PUT', 'DELETE'] as const) {
          const response = await send({ method, reportId, body: bodies[method], headers }, neighbour)
          statuses.push(response.status)
        }
      }
    }
    expect(statuses).toHaveLength(24)
    expect(new Set(statuses)).toEqual(new Set([400, 403]))
    // What they may do is to tell a story of their own under the same id.
    const own = await fetch(`${pipeline.intakeUrl}/v1/reports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${neighbour}`, 'content-type': 'application/json' },
      body: JSON.stringify([
        { reportId: shown.reportId, ...arrest(7) },
        { reportId: hidden.reportId, ...arrest(7) },
      ]),
    })
    expect(own.status).toBe(207)
    await Promise.all([landed(shown.reportId, 4), landed(hidden.reportId, 5)])
    const theirs = { ...standing, author: 'heron', contested: true, revision: 1, people_detained: 7 }
    const mine = { ...standing, contested: true, revision: 1, people_detained: 1 }
    await shows(shown.reportId, [theirs, mine])
    await shows(hidden.reportId, [theirs])
    await tells(shown.receipt, 'enriched')
    await tells(hidden.receipt, 'retracted')
  })

  it('reads why a report was taken back', async () => {
    const report = await first(randomUUID())
    await retract(report, 2)
    await landed(report.reportId, 3)
    const tables = await pipeline.clickhouse.query<{ name: string }>(
      `SELECT name FROM system.tables WHERE database = 'baqylau' AND engine LIKE '%MergeTree'`,
    )
    const rows = tables.map(({ name }) => pipeline.clickhouse.query(`SELECT * FROM baqylau.${name}`))
    const logs = [...pipeline.services.processes.values()].map(({ logFile }) => readFileSync(logFile, 'utf8'))
    const said = JSON.stringify([await Promise.all(rows), logs])
    expect(said).toContain(report.reportId)
    expect(said).not.toContain('MARK-reason')
  })
})
