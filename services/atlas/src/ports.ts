import type { AkimatDay, HistoryEvent, ReportView } from '@baqylau/contracts'
import type { HistoryPosition } from './domain/history-cursor.ts'
import type { Overview } from './domain/overview.ts'
import type { ReceiptStanding } from './domain/receipt-status.ts'
import type { ReportPosition } from './domain/report-cursor.ts'
import type { ReportFilter } from './domain/report-filter.ts'

/** What was counted for an akimat, on a day, of a kind and precision; names are not its business. */
export type DailyCounts = Omit<AkimatDay, 'names'>
/** `authorMark` tells reports of one id and moment apart, and nothing else: it is not for readers. */
export interface StoredReport {
  readonly view: Omit<ReportView, 'regionNames'>
  readonly authorMark: string
}

/** The reports as they stand, to be read. Every call throws AppErrors `read_side_unavailable` or `read_side_not_ready`. */
export interface ReportArchive {
  /** By day, region, kind and precision; at most `rowsMax`. */
  readonly daily: (filter: ReportFilter, rowsMax: number) => Promise<readonly DailyCounts[]>
  /** The latest received first, from behind `after`; at most `rowsMax`. */
  readonly reports: (
    filter: ReportFilter,
    after: ReportPosition | undefined,
    rowsMax: number,
  ) => Promise<readonly StoredReport[]>
  /** Every event of every author under a report id, by version, then position, from behind `after`; at most `rowsMax`. */
  readonly history: (
    reportId: string,
    after: HistoryPosition | undefined,
    rowsMax: number,
  ) => Promise<readonly HistoryEvent[]>
  /** How the report of a receipt stands; undefined when it has not landed. */
  readonly standing: (receiptHash: string) => Promise<ReceiptStanding | undefined>
  /** The sums that the dashboard shows. */
  readonly overview: (filter: ReportFilter) => Promise<Overview>
  /** Undefined when all that is read here is there, else what is not, and what to do. */
  readonly missing: () => Promise<string | undefined>
}
