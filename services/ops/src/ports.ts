import type { Problem, ReportAccepted } from '@baqylau/contracts'
import type { BatchLine } from './domain/report-batches.ts'
import type { SubmissionState } from './domain/resume.ts'

/** What intake said of one line. */
export type LineAnswer =
  | { readonly line: number; readonly accepted: ReportAccepted }
  | { readonly line: number; readonly problem: Problem }

/** What intake said of a request: an answer for every line, or to come back later. */
export type IntakeAnswer =
  | { readonly kind: 'answered'; readonly answers: readonly LineAnswer[] }
  | { readonly kind: 'busy'; readonly why: string; readonly retryAfterMs: number }

/** Sends lines to intake. @throws AppError when it refuses the request as such, so that trying again is no use. */
export type PostReports = (lines: readonly BatchLine[]) => Promise<IntakeAnswer>

/** Where answers are kept, and how far we are. */
export interface SubmissionJournal {
  /** Writes receipts and refusals down, then the state: in this order, so that going on after a crash loses none. */
  readonly record: (answers: readonly LineAnswer[], state: SubmissionState) => void
  /** The whole file was answered: there is nothing left to go on with. */
  readonly finish: () => void
}

/** Shows how far the submission is. */
export interface ProgressDisplay {
  readonly advance: (state: SubmissionState) => void
  readonly waiting: (why: string, delayMs: number) => void
  readonly stop: () => void
}
