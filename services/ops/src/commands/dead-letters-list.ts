import type { DeadLetterStep, ErrorCode } from '@baqylau/contracts'
import { listDeadLetters } from '../adapters/dead-letter-views.ts'
import { withClickHouse } from '../adapters/read-side.ts'
import type { DeadLettersConfig } from '../config.ts'
import { type DeadLetter, formatId } from '../domain/dead-letter.ts'
import { alignColumns, type Outcome } from '../outcome.ts'

export interface LetterCriteria {
  readonly step?: DeadLetterStep
  readonly reason?: ErrorCode
  readonly since?: string
  readonly until?: string
  readonly all?: true
}

export interface ListOptions extends LetterCriteria {
  readonly limit: number
}

/** A dead letter with its id. */
export const shown = (letter: DeadLetter) => ({ id: formatId(letter), ...letter })

/** Dead letters that have landed, the last ones first. @throws AppError of `@baqylau/clickhouse`. */
export const listLetters = (config: DeadLettersConfig, options: ListOptions): Promise<Outcome> =>
  withClickHouse(config, async (clickhouse) => {
    const { all, limit, ...criteria } = options
    const { total, letters } = await listDeadLetters(
      clickhouse,
      { ...criteria, openOnly: all !== true },
      limit,
    )
    return {
      document: { total, deadLetters: letters.map(shown) },
      text: describe(letters, total, all === true),
      exitCode: 0,
    }
  })

const tries = (attempts: number): string => (attempts === 1 ? '1 try' : `${attempts} tries`)

const describe = (letters: readonly DeadLetter[], total: number, all: boolean): string => {
  if (total === 0) return all ? 'There is no dead letter.' : 'There is no open dead letter.'
  const rows = letters.map((letter) => [
    formatId(letter),
    letter.reason,
    tries(letter.attempts),
    letter.lastAt,
    letter.replayed ? 'closed' : 'open',
    letter.detail,
  ])
  const more = total > letters.length ? `\n  … and ${total - letters.length} more (--limit).` : ''
  return alignColumns(rows) + more
}
