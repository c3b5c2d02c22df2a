import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '@baqylau/contracts'
import { appendAgain } from '../adapters/dead-letter-topic.ts'
import { deadLettersAt, openDeadLetters } from '../adapters/dead-letter-views.ts'
import { withClickHouse } from '../adapters/read-side.ts'
import type { DeadLettersConfig } from '../config.ts'
import { type DeadLetter, type DeadLetterId, formatId, planReplays } from '../domain/dead-letter.ts'
import { alignColumns, type ExitCode, type Outcome } from '../outcome.ts'
import { type Replayed, replayDeadLetters } from '../replay.ts'
import { type LetterCriteria, shown } from './dead-letters-list.ts'
import { lettersOf } from './dead-letters-show.ts'

export interface ReplayOptions extends LetterCriteria {
  readonly dryRun?: true
  /** Seconds. */
  readonly wait: number
}

/** @throws AppError `invalid_request` when nothing says which, or ids and criteria both do. */
const chosen = async (
  config: DeadLettersConfig,
  ids: readonly DeadLetterId[],
  { all, dryRun: _dryRun, wait: _wait, ...criteria }: ReplayOptions,
): Promise<readonly DeadLetter[]> => {
  const hasCriteria = all === true || Object.keys(criteria).length > 0
  if (hasCriteria === ids.length > 0)
    throw new AppError(
      'invalid_request',
      'Say which: either ids, or one of --reason, --step, --since, --until and --all.',
    )
  if (!hasCriteria) return lettersOf(config, ids)
  return withClickHouse(config, (clickhouse) => openDeadLetters(clickhouse, { ...criteria, openOnly: true }))
}

const sendAgain = (
  config: DeadLettersConfig,
  letters: readonly DeadLetter[],
  waitMs: number,
): Promise<readonly Replayed[]> =>
  withClickHouse(config, (clickhouse) =>
    replayDeadLetters(letters, waitMs, {
      append: (replays) => appendAgain(config, replays),
      standing: (ids) => deadLettersAt(clickhouse, ids),
      pause: (ms) => pause(ms),
      now: Date.now,
    }),
  )

const exitCodeOf = (fates: readonly Replayed['fate'][], waited: boolean): ExitCode => {
  const isAsWished = (fate: Replayed['fate']): boolean => fate === 'closed' || (fate === 'unknown' && !waited)
  return fates.every(isAsWished) ? 0 : 2
}

/**
 * Replays open dead letters, by id or by what they have in common, and tells what became of each.
 * @throws AppError `invalid_request`, `not_found`, `log_unavailable`, or of `@baqylau/clickhouse` when it is asked which.
 */
export const replayLetters = async (
  config: DeadLettersConfig,
  ids: readonly DeadLetterId[],
  options: ReplayOptions,
): Promise<Outcome> => {
  const found = await chosen(config, ids, options)
  const open = found.filter(({ replayed }) => !replayed)
  const closedBefore = found.filter(({ replayed }) => replayed).map(formatId)
  const messages = planReplays(open).length
  if (options.dryRun === true || open.length === 0)
    return {
      document: { dryRun: options.dryRun === true, messages, deadLetters: open.map(shown), closedBefore },
      text: describePlan(open, messages, closedBefore),
      exitCode: 0,
    }
  const replayed = await sendAgain(config, open, options.wait * 1000)
  return {
    document: {
      dryRun: false,
      messages,
      deadLetters: replayed.map(({ letter, fate }) => ({ ...shown(letter), fate })),
      closedBefore,
    },
    text: describe(replayed, closedBefore),
    exitCode: exitCodeOf(
      replayed.map(({ fate }) => fate),
      options.wait > 0,
    ),
  }
}

const alreadyClosed = (ids: readonly string[]): readonly string[] =>
  ids.map((id) => `  ${id} is closed already.`)

const describePlan = (
  letters: readonly DeadLetter[],
  messages: number,
  closedBefore: readonly string[],
): string => {
  const rows = letters.map((letter) => [formatId(letter), letter.reason, letter.lastAt])
  const plan =
    rows.length === 0
      ? ['Nothing to replay.']
      : [alignColumns(rows), `${messages} messages would be replayed.`]
  return [...plan, ...alreadyClosed(closedBefore)].join('\n')
}

const TOLD: Readonly<Record<Replayed['fate'], string>> = {
  closed: 'closed',
  buried_again: 'buried again',
  unknown: 'nothing is known of it yet: see "dead-letters list"',
  gone: 'its message is not in the log any more',
}

const describe = (replayed: readonly Replayed[], closedBefore: readonly string[]): string => {
  const rows = replayed.map(({ letter, fate }) => [
    formatId(letter),
    fate === 'buried_again' ? `${TOLD[fate]}: ${letter.reason}, ${letter.detail}` : TOLD[fate],
  ])
  return [alignColumns(rows), ...alreadyClosed(closedBefore)].join('\n')
}
