import { AppError, ERRORS, type ErrorCode, problemOf, REPORT_BYTES_MAX } from '@baqylau/contracts'
import { type NumberedLine, numberedLines } from './domain/numbered-lines.ts'
import { type BatchLine, type ReportBatch, reportBatches } from './domain/report-batches.ts'
import type { SubmissionState } from './domain/resume.ts'
import { retryDelayMs } from './domain/retry-delay.ts'
import type { IntakeAnswer, LineAnswer, PostReports, ProgressDisplay, SubmissionJournal } from './ports.ts'

export interface SubmissionParts {
  readonly post: PostReports
  readonly journal: SubmissionJournal
  readonly progress: ProgressDisplay
  readonly pause: (ms: number) => Promise<void>
  /** From 0 to 1. */
  readonly random: () => number
}

/** Well below what intake takes at once, so that a batch is answered fast and little is sent twice. */
const BATCH = { linesMax: 500, bytesMax: 1_500_000 } as const
/** In a row, without one more line answered: about a minute. */
const FAILURES_MAX = 8

const isRetryable = (answer: LineAnswer): boolean =>
  'problem' in answer &&
  (ERRORS[answer.problem.code as ErrorCode] as { retryable: boolean } | undefined)?.retryable === true

const tooLong = (line: number): LineAnswer => ({
  line,
  problem: problemOf('report_too_large', `A line may have ${REPORT_BYTES_MAX} bytes. It was not sent.`),
})

const byLine = (left: LineAnswer, right: LineAnswer): number => left.line - right.line

/** Lines that intake could not write down this time, and why. */
const unsettled = (
  lines: readonly BatchLine[],
  answer: IntakeAnswer,
): { readonly lines: readonly BatchLine[]; readonly why: string; readonly retryAfterMs: number } => {
  if (answer.kind === 'busy') return { lines, why: answer.why, retryAfterMs: answer.retryAfterMs }
  const again = new Set(answer.answers.filter(isRetryable).map(({ line }) => line))
  return {
    lines: lines.filter(({ number }) => again.has(number)),
    why: `${again.size} reports could not be written down`,
    retryAfterMs: 0,
  }
}

/** Sends a batch until each of its lines has been accepted or refused. @throws AppError `log_unavailable` when it gives up. */
const sendBatch = async (batch: ReportBatch, parts: SubmissionParts): Promise<readonly LineAnswer[]> => {
  const settled = batch.tooLong.map(tooLong)
  let lines = batch.lines
  let failures = 0
  while (lines.length > 0) {
    const answer = await parts.post(lines)
    if (answer.kind === 'answered') settled.push(...answer.answers.filter((each) => !isRetryable(each)))
    const rest = unsettled(lines, answer)
    if (rest.lines.length === 0) break
    failures = rest.lines.length < lines.length ? 1 : failures + 1
    lines = rest.lines
    if (failures >= FAILURES_MAX) {
      throw new AppError(
        'log_unavailable',
        `Gave up after ${failures} tries: ${rest.why}. Run the same command again: it goes on from there.`,
      )
    }
    const delayMs = retryDelayMs(failures, parts.random(), rest.retryAfterMs)
    parts.progress.waiting(rest.why, delayMs)
    await parts.pause(delayMs)
  }
  return settled.toSorted(byLine)
}

const advance = (
  state: SubmissionState,
  batch: ReportBatch,
  answers: readonly LineAnswer[],
): SubmissionState => {
  const refused = answers.filter((answer) => 'problem' in answer).length
  return {
    ...state,
    position: batch.end,
    accepted: state.accepted + answers.length - refused,
    refused: state.refused + refused,
  }
}

/**
 * Sends the rest of a file, from the state's position on, batch after batch; what was answered is recorded before the next
 * is sent. `chunks` are the file's bytes from that position. Returns the state at the end.
 * @throws AppError when intake refuses us, or does not come back; then the recorded state is where to go on.
 */
export const submitReports = async (
  chunks: AsyncIterable<Uint8Array>,
  from: SubmissionState,
  parts: SubmissionParts,
): Promise<SubmissionState> => {
  const lines: AsyncIterable<NumberedLine> = numberedLines(chunks, from.position, REPORT_BYTES_MAX)
  let state = from
  try {
    for await (const batch of reportBatches(lines, BATCH)) {
      const answers = await sendBatch(batch, parts)
      state = advance(state, batch, answers)
      parts.journal.record(answers, state)
      parts.progress.advance(state)
    }
    parts.journal.finish()
    return state
  } finally {
    parts.progress.stop()
  }
}
