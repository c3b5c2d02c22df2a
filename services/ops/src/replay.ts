import { AppError, type LogPosition } from '@baqylau/contracts'
import {
  type DeadLetter,
  type DeadLetterId,
  type Fate,
  fateOf,
  formatId,
  planReplays,
  type Replay,
} from './domain/dead-letter.ts'
import { positionName } from './domain/log-position.ts'

export interface ReplayParts {
  /** Appends the messages to their topics once more; returns the positions at which the log has nothing. */
  readonly append: (replays: readonly Replay[]) => Promise<readonly LogPosition[]>
  /** The dead letters of these ids as they stand. @throws AppError while ClickHouse is away. */
  readonly standing: (ids: readonly DeadLetterId[]) => Promise<readonly DeadLetter[]>
  readonly pause: (ms: number) => Promise<void>
  readonly now: () => number
}

/** What became of one dead letter; `gone`: the log does not have its message any more. */
export interface Replayed {
  readonly letter: DeadLetter
  readonly fate: Fate | 'gone'
}

const POLL_MS = 500

/** Those whose fate is known now. While ClickHouse is away, that is none. */
const settledOf = async (
  letters: readonly DeadLetter[],
  { standing }: ReplayParts,
): Promise<readonly Replayed[]> => {
  try {
    const now = new Map((await standing(letters)).map((letter) => [formatId(letter), letter]))
    return letters.flatMap((before) => {
      const after = now.get(formatId(before))
      const fate = fateOf(before, after)
      return fate === 'unknown' || after === undefined ? [] : [{ letter: after, fate }]
    })
  } catch (error) {
    if (error instanceof AppError && error.retryable) return []
    throw error
  }
}

const follow = async (
  letters: readonly DeadLetter[],
  waitMs: number,
  parts: ReplayParts,
): Promise<readonly Replayed[]> => {
  const deadline = parts.now() + waitMs
  const settled: Replayed[] = []
  let open = letters
  while (open.length > 0 && parts.now() < deadline) {
    await parts.pause(POLL_MS)
    const known = await settledOf(open, parts)
    settled.push(...known)
    const ids = new Set(known.map(({ letter }) => formatId(letter)))
    open = open.filter((letter) => !ids.has(formatId(letter)))
  }
  return [...settled, ...open.map((letter) => ({ letter, fate: 'unknown' }) as const)]
}

/**
 * Sends the messages of dead letters the way of new ones once more, and waits until each letter is closed or buried again, at
 * most `waitMs`. Two letters of one message are one replay.
 * @throws AppError `log_unavailable`: some may have been sent. Again does no harm.
 */
export const replayDeadLetters = async (
  letters: readonly DeadLetter[],
  waitMs: number,
  parts: ReplayParts,
): Promise<readonly Replayed[]> => {
  const gone = new Set((await parts.append(planReplays(letters))).map(positionName))
  const isGone = (letter: DeadLetter): boolean => gone.has(positionName(letter))
  const sent = letters.filter((letter) => !isGone(letter))
  return [
    ...(await follow(sent, waitMs, parts)),
    ...letters.filter(isGone).map((letter) => ({ letter, fate: 'gone' }) as const),
  ]
}
