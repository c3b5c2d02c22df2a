import { AppError, problemOfError, type ReportAccepted, type ReportsAnswer } from '@baqylau/contracts'

/** What became of one report. */
export type Outcome = ReportAccepted | AppError

const isOutage = (outcome: Outcome): outcome is AppError =>
  outcome instanceof AppError && outcome.status === 503

/**
 * The answer to several reports, in their order. When nothing could be written, the outage is the answer: a sender then
 * need not look into a 207 to see that all of it must be sent again.
 */
export const answerSeveral = (outcomes: readonly Outcome[]): ReportsAnswer | AppError => {
  const outage = outcomes.find(isOutage)
  const nothingAccepted = outcomes.every((outcome) => outcome instanceof AppError)
  if (outage !== undefined && nothingAccepted) return outage
  return {
    results: outcomes.map((outcome, index) =>
      outcome instanceof AppError
        ? { index, status: outcome.status, problem: problemOfError(outcome) }
        : { index, status: 202 as const, ...outcome },
    ),
  }
}
