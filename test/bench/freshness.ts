// From 202 to enriched and queryable in `current_reports`, at a steady rate of single reports.
//   node test/bench/freshness.ts [--rate 200] [--seconds 30] [--json]
// Starts its own pipeline on free ports. A report counts as fresh when a query that began before has returned it, so the
// figure includes the wait for the next poll.
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Pipeline } from '@baqylau/infra-local'
import { startTestPipeline, submit } from '../support/running-pipeline.ts'

const POLL_MS = 200
const SETTLE_MS_MAX = 30_000
const PLACES = [
  'Алматы',
  'в Карагандинской области',
  'Шымкентте',
  'Uralsk',
  'Семей қаласы',
  'Aktobe',
  'г. Павлодар',
  'Тараз',
]

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '30' },
    json: { type: 'boolean', default: false },
  },
})
const rate = Number(values.rate)
const seconds = Number(values.seconds)

interface Measurement {
  readonly latenciesMs: readonly number[]
  readonly refused: number
  readonly unseen: number
}

const reportNumber = (index: number) => ({
  reportId: randomUUID(),
  kind: 'premises_denial',
  language: 'ru',
  occurred: { from: `2005-11-${String((index % 28) + 1).padStart(2, '0')}`, precision: 'day' },
  place: { text: PLACES[index % PLACES.length] },
  narrative: 'Акимат отказал кандидату в зале, сославшись на ремонт. Встреча прошла у входа.',
  confidentiality: 'restricted',
  synthetic: true,
  details: { venue: `Дом культуры № ${index}`, ownerType: 'state' },
})

/** Looks for the pending reports until there are none, or `isOver` says that it is late; fills in when each was seen. */
async function watch(
  pipeline: Pipeline,
  pending: Map<string, number>,
  latencies: number[],
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    const ids = [...pending.keys()]
    const rows = await pipeline.clickhouse.query<{ report_id: string }>(
      `SELECT report_id FROM baqylau.current_reports WHERE report_id IN {ids:Array(UUID)} AND stage = 'enriched'`,
      { ids },
    )
    const now = performance.now()
    for (const { report_id: id } of rows) {
      latencies.push(now - (pending.get(id) ?? now))
      pending.delete(id)
    }
    await delay(POLL_MS)
  }
}

async function measure(pipeline: Pipeline): Promise<Measurement> {
  const pending = new Map<string, number>()
  const latencies: number[] = []
  const sending: Promise<void>[] = []
  let refused = 0
  let sent = false
  let overAt = Number.POSITIVE_INFINITY
  const watching = watch(
    pipeline,
    pending,
    latencies,
    () => (sent && pending.size === 0) || performance.now() > overAt,
  )
  const send = async (index: number): Promise<void> => {
    const report = reportNumber(index)
    const response = await submit(pipeline, report)
    if (response.status === 202) pending.set(report.reportId, performance.now())
    else refused += 1
    await response.arrayBuffer()
  }
  const startedAt = performance.now()
  for (let index = 0; index < rate * seconds; index += 1) {
    const dueInMs = startedAt + (index * 1000) / rate - performance.now()
    if (dueInMs > 1) await delay(dueInMs)
    sending.push(send(index))
  }
  await Promise.all(sending)
  sent = true
  overAt = performance.now() + SETTLE_MS_MAX
  await watching
  return { latenciesMs: latencies.toSorted((a, b) => a - b), refused, unseen: pending.size }
}

const pipeline = await startTestPipeline()
try {
  const { latenciesMs, refused, unseen } = await measure(pipeline)
  const at = (share: number): number =>
    Math.round(latenciesMs[Math.floor((latenciesMs.length - 1) * share)] ?? Number.NaN)
  const result = {
    rate,
    seconds,
    reports: latenciesMs.length,
    refused,
    unseen,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    maxMs: at(1),
  }
  console.log(values.json ? JSON.stringify(result) : result)
} finally {
  await pipeline.stop()
}
