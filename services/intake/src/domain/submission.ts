import {
  AppError,
  checkReport,
  contentHashOf,
  formatReceipt,
  makeReceipt,
  type ReceiptKeys,
  type Report,
  type ReportAccepted,
  reportIdFor,
  type ReportSubmitted,
  reportSubmitted,
  receiptHashOf,
} from '@baqylau/contracts'

export interface SubmissionKeys {
  readonly receipts: ReceiptKeys
  readonly contentHash: Uint8Array
}

/** Where a report comes from, and when it came. */
export interface Arrival {
  /** The lasting subject of the key or session. */
  readonly author: string
  readonly receivedAt: Date
}

/** A report that is good by its form: the event that states it, and what its sender is told once that is durable. */
export interface Submission {
  readonly event: ReportSubmitted
  readonly accepted: ReportAccepted
}

const checkFirstRevision = (value: unknown, now: Date): Report | AppError => {
  const check = checkReport(value, now)
  if (!check.ok) {
    const detail = check.faults.map(({ path, message }) => `${path} ${message}`).join('; ')
    return new AppError('invalid_report', detail, { faults: check.faults })
  }
  const { revision } = check.report
  return revision === undefined || revision === 1
    ? check.report
    : new AppError('revision_not_first', 'POST makes revision 1 only. A later one is an amendment.', {
        faults: [{ path: '/revision', message: 'must be 1, or absent' }],
      })
}

/**
 * Decides about one JSON value: a submission, or why it is none. The same value of the same author always gives the same
 * event, report id and receipt. A UUID means the same in either case, so the event has it in lower case.
 */
export const decideSubmission = (
  value: unknown,
  { author, receivedAt }: Arrival,
  keys: SubmissionKeys,
): Submission | AppError => {
  const report = checkFirstRevision(value, receivedAt)
  if (report instanceof AppError) return report
  const contentHash = contentHashOf(report, keys.contentHash)
  const reportId = report.reportId?.toLowerCase() ?? reportIdFor(author, contentHash)
  const receipt = makeReceipt(reportId, author, keys.receipts)
  const event = reportSubmitted({
    report,
    reportId,
    author,
    contentHash,
    receiptHash: receiptHashOf(receipt),
    receivedAt,
  })
  return { event, accepted: { reportId, revision: 1, eventId: event.id, receipt: formatReceipt(receipt) } }
}
