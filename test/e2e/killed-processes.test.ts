import { randomUUID } from 'node:crypto'
import { type Pipeline, waitUntil } from '@baqylau/infra-local'
import type { ReportsAnswer } from '@baqylau/contracts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { countOf, startTestPipeline, submit } from '../support/running-pipeline.ts'

let pipeline: Pipeline
beforeAll(async () => {
  pipeline = await startTestPipeline()
})
afterAll(() => pipeline.stop())

const REPORTS = 200
const BATCH = 5
const RECOVERED_MS = 60_000

const denial = (index: number) => ({
  reportId: randomUUID(),
  kind: 'premises_denial',
  occurred: { from: '2005-11-02', precision: 'day' },
  place: { text: 'Караганда' },
  synthetic: true,
  details: { venue: `Hall ${index}` },
})

/** Sends until every report of the batch is accepted, as a client does that was answered 503, or not at all. */
async function submitInsistently(reports: readonly object[]): Promise<void> {
  const accepted = await waitUntil(
    async () => {
      const response = await submit(pipeline, reports).catch(() => undefined)
      if (response?.status !== 207) return false
      const { results } = (await response.json()) as ReportsAnswer
      return results.every(({ status }) => status === 202)
    },
    { withinMs: RECOVERED_MS },
  )
  if (!accepted) throw new Error('the reports were never accepted')
}

const victims = ['dispatcher', 'enricher', 'lander', 'intake', 'redis', 'clickhouse', 'kafka'] as const

/** Kills it as the machine's memory killer would. Servers and services are started again by themselves. */
function kill(victim: (typeof victims)[number]): void {
  const killed =
    victim === 'redis' || victim === 'clickhouse' || victim === 'kafka'
      ? pipeline.stack[victim]
      : pipeline.services.processes.get(victim)
  killed?.kill('SIGKILL')
}

it.each(victims)(
  'loses nothing and counts nothing twice when %s is killed while reports come in',
  async (victim) => {
    const reports = Array.from({ length: REPORTS }, (_, index) => denial(index))
    const batches = Array.from({ length: REPORTS / BATCH }, (_, index) =>
      reports.slice(index * BATCH, (index + 1) * BATCH),
    )
    const half = batches.length / 2
    for (const batch of batches.slice(0, half)) await submitInsistently(batch)
    // The rest is under way while the victim dies.
    const sending = Promise.all(batches.slice(half).map((batch) => submitInsistently(batch)))
    kill(victim)
    await sending
    const ids = reports.map(({ reportId }) => reportId)
    const sql = `SELECT count() FROM baqylau.current_reports WHERE report_id IN {ids:Array(UUID)} AND stage = 'enriched'`
    const enriched = async (): Promise<number> => countOf(pipeline, sql, { ids }).catch(() => 0)
    await waitUntil(async () => (await enriched()) >= REPORTS, { withinMs: RECOVERED_MS })
    expect(await enriched()).toBe(REPORTS)
    const daily = `SELECT sum(reports) = (SELECT count() FROM baqylau.current_reports) FROM baqylau.akimat_daily`
    expect(await countOf(pipeline, daily)).toBe(1)
    expect(await countOf(pipeline, 'SELECT count() FROM baqylau.dead_letters')).toBe(0)
  },
)
