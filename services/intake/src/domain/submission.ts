import {
  AppError,
  checkReport,
  contentHashOf,
  type Report,
  reportIdFor,
  type ReportSubmitted,
  reportSubmitted,
} from '@baqylau/contracts'
import { type Acceptance, acceptAs, type Arrival, type IntakeKeys } from './acceptance.ts'
import { refusalOf } from './refusal.ts'

const checkFirstRevision = (value: unknown, now: Date): Report | AppError => {
  const check = checkReport(value, now)
  if (!check.ok) return refusalOf('invalid_report', check.faults)
  const { revision } = check.report
  return revision === undefined || revision === 1
    ? check.report
    : new AppError(
        'revision_not_first',
        'POST makes revision 1 only. A later one is an amendment: use PUT.',
        {
          faults: [{ path: '/revision', message: 'must be 1, or absent' }],
        },
      )
}

/**
 * Decides about one JSON value: a submission, or why it is none. The same value of the same author always gives the same
 * event, report id and receipt. A UUID means the same in either case, so the event has it in lower case.
 */
export const decideSubmission = (
  value: unknown,
  arrival: Arrival,
  keys: IntakeKeys,
): Acceptance<ReportSubmitted> | AppError => {
  const report = checkFirstRevision(value, arrival.receivedAt)
  if (report instanceof AppError) return report
  const contentHash = contentHashOf(report, keys.contentHash)
  const reportId = report.reportId?.toLowerCase() ?? reportIdFor(arrival.author, contentHash)
  return acceptAs((parts) => reportSubmitted({ ...parts, report }), { reportId, contentHash }, arrival, keys)
}
