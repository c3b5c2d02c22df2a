import { randomUUID } from 'node:crypto'
import { type Pipeline, waitUntil } from '@baqylau/infra-local'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { countOf, startTestPipeline, submit } from '../support/running-pipeline.ts'

let pipeline: Pipeline
beforeAll(async () => {
  pipeline = await startTestPipeline()
})
afterAll(() => pipeline.stop())

const REPORTS = 200
const RECOVERED_MS = 60_000

const denial = (index: number) => ({
  reportId: randomUUID(),
  kind: 'premises_denial',
  occurred: { from: '2005-11-02', precision: 'day' },
  place: { text: 'Караганда' },
  synthetic: true,
  details: { venue: `Hall ${index}` },
})

/** Sends until it is accepted, as a client does that was answered 503, or not at all. */
async function submitInsistently(reports: readonly object[]): Promise<void> {
  const accepted = await waitUntil(
    async () => {
      const response = await submit(pipeline, reports).catch(() => undefined)
      return response?.status === 207
    },
    { withinMs: RECOVERED_MS },
  )
  if (!accepted) throw new Error('the reports were never accepted')
}

const killings = {
  dispatcher: () => pipeline.services.processes.get('dispatcher')?.kill('SIGKILL'),
  enricher: () => pipeline.services.processes.get('enricher')?.kill('SIGKILL'),
  lander: () => pipeline.services.processes.get('lander')?.kill('SIGKILL'),
  intake: () => pipeline.services.processes.get('intake')?.kill('SIGKILL'),
  redis: () => pipeline.stack.redis?.restart(),
  clickhouse: () => pipeline.stack.clickhouse?.restart(),
  kafka: () => pipeline.stack.kafka?.restart(),
} as const

it.each(Object.keys(killings) as (keyof typeof killings)[])(
  'loses nothing and counts nothing twice when %s ends in the middle of it',
  async (victim) => {
    const reports = Array.from({ length: REPORTS }, (_, index) => denial(index))
    await submitInsistently(reports.slice(0, REPORTS / 2))
    await killings[victim]()
    await submitInsistently(reports.slice(REPORTS / 2))
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
