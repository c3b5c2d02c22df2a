import {
  type AkimatDay,
  type AkimatsDailyAnswer,
  AppError,
  parseReceipt,
  type ReceiptAnswer,
  receiptHashOf,
  type ReportHistory,
  type ReportsPage,
  type ReportView,
} from '@baqylau/contracts'
import { namesFor } from './domain/akimat-names.ts'
import { decodeHistoryCursor, encodeHistoryCursor } from './domain/history-cursor.ts'
import type { Overview } from './domain/overview.ts'
import { receiptAnswerOf } from './domain/receipt-status.ts'
import { decodeCursor, encodeCursor } from './domain/report-cursor.ts'
import { checkPeriod, type ReportFilter } from './domain/report-filter.ts'
import type { DailyCounts, ReportArchive, StoredReport } from './ports.ts'

/** What atlas answers. Faults of a question are AppErrors `invalid_query`, `invalid_receipt` and `not_found`. */
export interface Atlas {
  /** Complete, or refused: an answer of more lines than `rowsMax` is never cut short in silence. */
  readonly daily: (filter: ReportFilter) => Promise<AkimatsDailyAnswer>
  readonly reports: (filter: ReportFilter, cursor: string | undefined, limit: number) => Promise<ReportsPage>
  /** `reportId`: a UUID, in either case. */
  readonly history: (reportId: string, cursor: string | undefined, limit: number) => Promise<ReportHistory>
  /** `typed`: as somebody typed it. */
  readonly receipt: (typed: string) => Promise<ReceiptAnswer>
  readonly overview: (filter: ReportFilter) => Promise<Overview>
}

export interface AtlasOptions {
  readonly archive: ReportArchive
  /** The key of the receipts' check characters. */
  readonly receiptCheckKey: Uint8Array
  readonly rowsMax: number
}

const reportView = ({ view }: StoredReport, { regions }: ReportFilter): ReportView => {
  const code = regions === 'today' ? view.regionCodeToday : view.regionCode
  return { ...view, regionNames: code === null ? null : namesFor(regions, code, view.day) }
}

const cursorOf = ({ view: { receivedAt, reportId }, authorMark }: StoredReport): string =>
  encodeCursor({ receivedMs: Date.parse(receivedAt), reportId, authorMark })

export const createAtlas = ({ archive, receiptCheckKey, rowsMax }: AtlasOptions): Atlas => ({
  daily: async (filter) => {
    checkPeriod(filter)
    const rows = await archive.daily(filter, rowsMax + 1)
    if (rows.length > rowsMax) {
      const detail = `The answer has more than ${rowsMax} lines. Ask for fewer days, or one region or kind at a time.`
      throw new AppError('invalid_query', detail)
    }
    const withNames = (row: DailyCounts): AkimatDay => ({
      ...row,
      names: namesFor(filter.regions, row.regionCode, row.day),
    })
    return { regions: filter.regions, days: rows.map(withNames) }
  },
  reports: async (filter, cursor, limit) => {
    checkPeriod(filter)
    const after = cursor === undefined ? undefined : decodeCursor(cursor)
    const rows = await archive.reports(filter, after, limit + 1)
    const page = rows.slice(0, limit)
    const last = page.at(-1)
    return {
      reports: page.map((report) => reportView(report, filter)),
      next: rows.length > limit && last !== undefined ? cursorOf(last) : null,
    }
  },
  history: async (reportId, cursor, limit) => {
    const after = cursor === undefined ? undefined : decodeHistoryCursor(cursor)
    const rows = await archive.history(reportId, after, limit + 1)
    if (rows.length === 0 && after === undefined)
      throw new AppError('not_found', 'No event of a report of this id has landed.')
    const events = rows.slice(0, limit)
    const last = events.at(-1)
    return {
      reportId: reportId.toLowerCase(),
      events,
      next: rows.length > limit && last !== undefined ? encodeHistoryCursor(last) : null,
    }
  },
  receipt: async (typed) => {
    const receipt = parseReceipt(typed, receiptCheckKey)
    if (receipt === undefined) {
      throw new AppError(
        'invalid_receipt',
        'A receipt has 20 letters and digits, in groups of five. Compare yours with what was written down.',
      )
    }
    return receiptAnswerOf(await archive.standing(receiptHashOf(receipt)))
  },
  overview: async (filter) => {
    checkPeriod(filter)
    return archive.overview(filter)
  },
})
