import { lengthOf } from './domain/log-stretch.ts'
import type { DifferenceTally } from './domain/verification/difference.ts'
import type { ReportCounts } from './domain/verification/report-comparison.ts'
import { catchUp } from './verification/caught-up.ts'
import { compareAkimats, compareBeyondEnds, compareEvents } from './verification/event-comparison.ts'
import type { LogCounts } from './verification/log-side.ts'
import { compareAll, settleAll } from './verification/settling.ts'
import { openSides, readTo, type VerificationOptions, type VerificationParts } from './verification/sides.ts'

export interface Verification {
  readonly log: LogCounts
  readonly reports: ReportCounts
  readonly akimatDays: number
  readonly deadLetters: number
  readonly tries: number
  /** What could not be compared, because it changed whenever it was looked at. */
  readonly changing: number
  /** Reports of which nobody can tell: the dispatcher did not come to them in time. */
  readonly waiting: number
  readonly tally: DifferenceTally
}

/**
 * Folds the whole log, and compares what comes out with every view of ClickHouse that depends on it. Memory is bounded: what
 * the log and ClickHouse say is sorted into files by report id, and folded and compared a bucket at a time.
 * @throws AppError `read_side_not_ready` when the lander does not come to the end of the log, and whatever reading throws.
 */
export const verifyReadSide = async (
  parts: VerificationParts,
  options: VerificationOptions,
): Promise<Verification> => {
  parts.progress.say('Waiting for the dispatcher and the lander to come to the end of the log')
  const caughtUp = await catchUp(parts.log, options.waitSeconds, parts.signal)
  const sides = openSides(parts, options, lengthOf(caughtUp.ends))
  await readTo(sides, [], caughtUp, 1)
  sides.progress.say('Asking ClickHouse')
  const first = await compareAll(sides, caughtUp.dispatched)
  const log = sides.logSide.counts()
  await compareEvents(sides, caughtUp)
  await compareBeyondEnds(sides)
  await compareAkimats(sides)
  const settled = await settleAll(sides, first.open, caughtUp)
  const { reports, akimatDays, deadLetters, waitingMore } = first
  const waiting = settled.waiting + waitingMore
  return { log, reports, akimatDays, deadLetters, tally: sides.tally, ...settled, waiting }
}
