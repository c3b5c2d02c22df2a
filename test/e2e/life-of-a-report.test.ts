import { randomUUID } from 'node:crypto'
import { type Pipeline, waitUntil } from '@baqylau/infra-local'
import type { ReportAccepted } from '@baqylau/contracts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { change, startTestPipeline, submit } from '../support/running-pipeline.ts'

let pipeline: Pipeline
beforeAll(async () => {
  pipeline = await startTestPipeline()
})
afterAll(() => pipeline.stop())

const WITHIN_MS = 30_000

const arrest = (peopleDetained: number) => ({
  kind: 'assembly_arrest',
  occurred: { from: '2005-10-27', precision: 'day' },
  place: { text: 'в Шымкенте, у акимата' },
  details: { peopleDetained },
})

interface Row {
  readonly people_detained: number | null
  readonly revision: number
}
const rowsOf = (reportId: string): Promise<readonly Row[]> =>
  pipeline.clickhouse.query<Row>(
    `SELECT people_detained, revision FROM baqylau.current_reports WHERE report_id = {reportId:UUID} AND stage = 'enriched'`,
    { reportId },
  )

it('is amended, taken back, and reinstated', async () => {
  const reportId = randomUUID()
  const first = (await (await submit(pipeline, { reportId, ...arrest(1) })).json()) as ReportAccepted
  const headers = { 'Baqylau-Receipt': first.receipt }
  const amended = await change(pipeline, {
    method: 'PUT',
    reportId,
    body: { revision: 2, ...arrest(2) },
    headers,
  })
  expect(amended.status).toBe(202)
  expect(
    await waitUntil(async () => (await rowsOf(reportId))[0]?.people_detained === 2, { withinMs: WITHIN_MS }),
  ).toBe(true)
  const taken = await change(pipeline, {
    method: 'DELETE',
    reportId,
    body: { revision: 3, reason: 'x' },
    headers,
  })
  expect(taken.status).toBe(202)
  expect(await waitUntil(async () => (await rowsOf(reportId)).length === 0, { withinMs: WITHIN_MS })).toBe(
    true,
  )
})
