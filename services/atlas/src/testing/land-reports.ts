import type { ClickHouse } from '@baqylau/clickhouse'
import {
  contentHashOf,
  type Enrichment,
  makeReceipt,
  receiptHashOf,
  type Report,
  type ReportEvent,
  reportEnriched,
  type ReportAmended,
  reportAmended,
  type ReportRetracted,
  reportRetracted,
  type ReportStated,
  type ReportSubmitted,
  reportSubmitted,
  standingOf,
} from '@baqylau/contracts'
import { deriveKeys, newSecret } from '@baqylau/service-kit'

export const keys = deriveKeys(newSecret())

const RECEIVED = Date.parse('2026-01-01T00:00:00Z')
let received = 0

type IdentifiedReport = Report & { readonly reportId: string }

/** What intake knows of what somebody sends; each is received a second after the one before. */
const sent = (author: string, reportId: string, body: Readonly<Record<string, unknown>>) => ({
  reportId,
  author,
  keyId: `key-of-${author}`,
  contentHash: contentHashOf(body, keys.contentHash),
  receiptHash: receiptHashOf(receiptOf(author, reportId)),
  receivedAt: new Date(RECEIVED + 1000 * received++),
})

/** A report as intake sends it to the log. */
export const submitted = (author: string, report: IdentifiedReport): ReportSubmitted =>
  reportSubmitted({ ...sent(author, report.reportId, report), report })

export const amended = (author: string, report: IdentifiedReport, revision: number): ReportAmended =>
  reportAmended({ ...sent(author, report.reportId, report), report, revision })

export const receiptOf = (author: string, reportId: string): string =>
  makeReceipt(reportId, author, keys.receipts)

const enrichmentOf = (
  day: string,
  regionCode: string | null,
  regionCodeToday: string | null,
): Enrichment => ({
  day,
  akimat: {
    regionCode,
    regionCodeToday,
    method: regionCode === null ? null : 'settlement',
    confidence: regionCode === null ? 0 : 0.9,
    reason: regionCode === null ? 'nothing_recognised' : null,
    candidates: [],
  },
  huridocs: [],
  odihrArea: 'media',
  lawInForce: [],
  election: null,
  narrativeLanguage: null,
})

/** The same report, enriched: placed in an akimat of its day and of today. */
export const placed = (event: ReportStated, then: string | null, today = then): ReportEvent =>
  reportEnriched(
    event,
    {
      enrichment: enrichmentOf(event.data.report.occurred.from.slice(0, 10), then, today),
      failure: null,
      narrativeRedacted: event.data.personal.narrative,
    },
    1,
  )

export const failed = (event: ReportStated): ReportEvent =>
  reportEnriched(
    event,
    { enrichment: null, failure: { step: 'akimat', detail: 'a test' }, narrativeRedacted: undefined },
    1,
  )

export const retracted = ({ author, subject }: ReportStated, revision = 2): ReportRetracted => {
  const retraction = { revision, reason: 'a test' }
  return reportRetracted({ ...sent(author, subject, retraction), retraction })
}

let offset = Date.now()

/** Lands events as the lander does; topics of tests are their own, so that positions in the log do not meet. */
export const land = async (clickhouse: ClickHouse, events: readonly ReportEvent[]): Promise<void> => {
  const rows = events.map((event) =>
    JSON.stringify({
      topic: `atlas-test-${process.pid}`,
      partition: 0,
      offset: offset++,
      version: String(standingOf(event).version),
      event: JSON.stringify(event),
    }),
  )
  await clickhouse.insert('INSERT INTO baqylau.landing FORMAT JSONEachRow', Buffer.from(rows.join('\n')))
}
