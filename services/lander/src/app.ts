import { AppError, type EventDeadLettered, recordRefused, type Topic } from '@baqylau/contracts'
import { type GroupCommit, untilItPasses } from '@baqylau/service-kit'
import { bisect } from './domain/bisect.ts'
import { type LandingRow, type LogRecord, readRow } from './domain/landing-row.ts'
import type { Clock, DeadLetterLog, Landing } from './ports.ts'
import type { LanderTelemetry } from './telemetry.ts'

/** Consecutive records of one partition. */
export interface LandingBatch {
  readonly records: readonly LogRecord[]
  readonly signal: AbortSignal
  readonly commit: (record: LogRecord) => Promise<void>
}

export interface InsertParts {
  readonly landing: Landing
  readonly deadLetters: DeadLetterLog
  readonly clock: Clock
  readonly telemetry: LanderTelemetry
  /** Ends the trying when a stop can wait no longer. */
  readonly graceOver: AbortSignal
}

const isPoison = (error: unknown): boolean => error instanceof AppError && error.code === 'row_rejected'

const buryAll = async (letters: readonly EventDeadLettered[], parts: InsertParts): Promise<void> => {
  if (letters.length === 0) return
  parts.telemetry.buried(letters)
  await untilItPasses(() => parts.deadLetters.append(letters), {
    signal: parts.graceOver,
    onFault: parts.telemetry.logFault,
  })
}

/**
 * Writes rows to ClickHouse, for as long as it takes: while ClickHouse is away nothing else is taken in. A row that it
 * refuses becomes a dead letter, and those beside it land; but when it refuses all of several, the fault is not in the rows.
 * @throws AppError `read_side_not_ready`: an outage that somebody has to mend.
 */
export const insertRows =
  (parts: InsertParts) =>
  async (rows: readonly LandingRow[]): Promise<void> => {
    const { landing, telemetry, graceOver, clock } = parts
    const insert = (some: readonly LandingRow[]): Promise<void> =>
      untilItPasses(() => landing.insert(some), { signal: graceOver, onFault: telemetry.landingFault })
    const poisoned = await bisect(rows, insert, isPoison)
    if (poisoned.length > 1 && poisoned.length === rows.length) {
      throw new AppError(
        'read_side_not_ready',
        `ClickHouse refuses all of ${rows.length} rows: its tables do not fit this lander`,
        {
          cause: poisoned[0]?.error,
        },
      )
    }
    const now = clock()
    await buryAll(
      poisoned.map(({ item, error }) =>
        recordRefused(
          'lander',
          { record: item.record, code: 'row_rejected', detail: error instanceof Error ? error.message : '' },
          now,
        ),
      ),
      parts,
    )
    telemetry.landed(rows)
  }

export interface LanderParts extends InsertParts {
  /** Gathers the rows of all partitions into blocks, and writes them with `insertRows`. */
  readonly blocks: GroupCommit<LandingRow>
  /** The topic that a broker's name stands for. */
  readonly topicOf: (name: string) => Topic | undefined
}

/** Lands a batch, then commits it: never the other way round. What cannot be read becomes a dead letter first. */
export const createLander =
  (parts: LanderParts) =>
  async ({ records, signal, commit }: LandingBatch): Promise<void> => {
    const rows: LandingRow[] = []
    const letters: EventDeadLettered[] = []
    const now = parts.clock()
    for (const record of records) {
      const reading = readRow(parts.topicOf(record.topic) ?? 'reports', record)
      if (reading.ok) rows.push(reading.row)
      else letters.push(recordRefused('lander', reading, now))
    }
    await Promise.all([parts.blocks.submit(rows), buryAll(letters, parts)])
    const last = records.at(-1)
    if (last !== undefined && !signal.aborted) await commit(last)
  }
