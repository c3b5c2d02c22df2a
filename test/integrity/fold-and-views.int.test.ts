import {
  akimatDailyRowsOf,
  foldReports,
  incidentRowsOf,
  type ReportEvent,
  reportEventRowOf,
  reportRowOf,
} from '@baqylau/contracts'
import { arbitraryDeliveries, arbitraryHistory } from '@baqylau/contracts/testing'
import { clickhouseLanding, type LandingRow, readRow } from '@baqylau/landing'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OwnClickHouse, startClickHouse } from '../support/own-clickhouse.ts'

let own: OwnClickHouse
beforeAll(async () => {
  own = await startClickHouse()
})
afterAll(() => own.stop())

interface Landed {
  readonly event: ReportEvent
  readonly row: LandingRow
}

const PARTITIONS = 3

/** Events at places of their own in the log, as a lander reads them. */
const inLog = (events: readonly ReportEvent[]): readonly Landed[] =>
  events.map((event, index) => {
    const topic = event.type.includes('enriched') ? 'enrichments' : 'reports'
    const record = {
      topic,
      partition: index % PARTITIONS,
      offset: String(index),
      value: Buffer.from(JSON.stringify(event)),
    } as const
    const reading = readRow(topic, record)
    if (!reading.ok) throw new Error(`${reading.code}: ${reading.detail}`)
    return { event, row: reading.row }
  })

const land = async (batches: readonly (readonly Landed[])[]): Promise<void> => {
  const landing = clickhouseLanding(own.clickhouse)
  for (const batch of batches) await landing.insert(batch.map(({ row }) => row))
}

/** Rows of a view in an order that both sides can make. */
const sorted = (rows: readonly object[]): readonly unknown[] =>
  rows
    .map((row) =>
      JSON.stringify(Object.fromEntries(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1)))),
    )
    .toSorted()
    .map((row): unknown => JSON.parse(row))

const ask = async (view: string, columns = '*'): Promise<readonly unknown[]> =>
  sorted(await own.clickhouse.query<object>(`SELECT ${columns} FROM baqylau.${view}`))

const answerOfViews = async (): Promise<unknown> => ({
  reports: await ask('reports'),
  current_reports: await ask(
    'current_reports',
    '* EXCEPT (incident_id), incident_id = report_id AS is_own_incident',
  ),
  report_events: await ask('report_events', '* EXCEPT (landed_at)'),
  incidents: await ask('incidents'),
  akimat_daily: await ask('akimat_daily'),
})

const NO_NAMES = {
  akimat_kk: '',
  akimat_ru: '',
  akimat_en: '',
  akimat_today_kk: '',
  akimat_today_ru: '',
  akimat_today_en: '',
}

const answerOfFunctions = (landed: readonly Landed[]): unknown => {
  const states = foldReports(landed.map(({ event }) => event))
  const reports = states.map(reportRowOf).filter((row) => row !== undefined)
  const incidents = incidentRowsOf(reports)
  return {
    reports: sorted(reports),
    current_reports: sorted(
      reports.map(({ content_hash: _hash, receipt_hash: _receipt, event_id: _id, ...row }) => ({
        ...row,
        ...NO_NAMES,
        is_own_incident: 1,
      })),
    ),
    report_events: sorted(landed.map(({ event, row }) => reportEventRowOf(row.record, event))),
    incidents: sorted(incidents),
    akimat_daily: sorted(akimatDailyRowsOf(reports, incidents)),
  }
}

const delivered = arbitraryHistory
  .map(inLog)
  .chain((landed) => fc.record({ landed: fc.constant(landed), batches: arbitraryDeliveries(landed) }))

describe('what the views of ClickHouse say', () => {
  it('is what the functions say, of any history, in any order, with duplicates, in any batches', async () => {
    await fc.assert(
      fc.asyncProperty(delivered, async ({ landed, batches }) => {
        await own.empty()
        await land(batches)
        expect(await answerOfViews()).toEqual(answerOfFunctions(landed))
      }),
      { numRuns: 60 },
    )
  }, 300_000)

  it('is the same however the same history is delivered, and after its parts were merged', async () => {
    const twoWays = arbitraryHistory
      .map(inLog)
      .chain((landed) => fc.tuple(arbitraryDeliveries(landed), arbitraryDeliveries(landed)))
    await fc.assert(
      fc.asyncProperty(twoWays, async ([one, other]) => {
        await own.empty()
        await land(one)
        const answer = await answerOfViews()
        await own.empty()
        await land(other)
        await own.clickhouse.command('OPTIMIZE TABLE baqylau.report_states_store FINAL')
        await own.clickhouse.command('OPTIMIZE TABLE baqylau.report_received_store FINAL')
        expect(await answerOfViews()).toEqual(answer)
      }),
      { numRuns: 10 },
    )
  }, 300_000)
})
