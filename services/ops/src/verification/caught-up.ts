import { setTimeout as pause } from 'node:timers/promises'
import {
  type CommittedPositions,
  isBehind,
  LETTER_TOPICS,
  REPORT_TOPICS,
  type VerifiedLog,
} from '../adapters/verified-log.ts'
import { placeOf, type Stretch } from '../domain/log-stretch.ts'

const ASK_EVERY_MS = 250

/** Up to where the log is compared: everything before has landed, or was buried. */
export interface CaughtUp {
  readonly ends: readonly Stretch[]
  /** Up to where, at least, everything was enriched when the ends were looked up. */
  readonly dispatched: CommittedPositions
}

const hasReached = (positions: CommittedPositions, ends: readonly Stretch[]): boolean =>
  ends.every(
    ({ topic, partition, low, high }) =>
      high === low || (positions.get(placeOf(topic, partition)) ?? 0n) >= high,
  )

const waitUntil = async (
  isSo: () => Promise<boolean>,
  waitSeconds: number,
  signal: AbortSignal,
): Promise<boolean> => {
  const deadline = performance.now() + waitSeconds * 1000
  while (!(await isSo())) {
    if (performance.now() > deadline) return false
    await pause(ASK_EVERY_MS, undefined, { signal })
  }
  return true
}

/**
 * Waits until the dispatcher, and then the lander, have come to where the log ended when they were asked, at most
 * `waitSeconds` each. A dispatcher that is behind is no reason not to look: what it has not come to waits for its enrichment.
 * @throws AppError `read_side_not_ready` when the lander is behind.
 */
export const catchUp = async (
  log: VerifiedLog,
  waitSeconds: number,
  signal: AbortSignal,
): Promise<CaughtUp> => {
  const stated = await log.ends(['reports'])
  const dispatcher = () => log.committedBy('dispatcher', ['reports'])
  await waitUntil(async () => hasReached(await dispatcher(), stated), waitSeconds, signal)
  // Before the ends are looked up: what the dispatcher has committed is enriched, and so its enrichment is before those.
  const dispatched = await dispatcher()
  const landed = async (topics: typeof REPORT_TOPICS | typeof LETTER_TOPICS): Promise<readonly Stretch[]> => {
    const ends = await log.ends(topics)
    const isLanded = async () => hasReached(await log.committedBy('lander', topics), ends)
    if (!(await waitUntil(isLanded, waitSeconds, signal))) throw isBehind('lander', waitSeconds)
    return ends
  }
  // The lander buries before it commits: so what it buried of those events is in the log by now.
  const reports = await landed(REPORT_TOPICS)
  return { ends: [...reports, ...(await landed(LETTER_TOPICS))], dispatched }
}
