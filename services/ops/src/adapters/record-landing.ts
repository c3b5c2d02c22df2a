import { type ClickHouse, DATABASE } from '@baqylau/clickhouse'
import { AppError, type ErrorCode, topicOf } from '@baqylau/contracts'
import {
  clickhouseLanding,
  createBlockLanding,
  type LandingRow,
  type LogRecord,
  readRow,
} from '@baqylau/landing'
import { createGroupCommit, untilItPasses } from '@baqylau/service-kit'
import { areBuried } from './unlanded-records.ts'

/** As the lander's blocks. */
const BLOCK_ROWS_MAX = 50_000
const BLOCK_BYTES_MAX = 16_000_000
const LINGER_MS = 50

export interface RecordLandingOptions {
  readonly clickhouse: ClickHouse
  readonly database: string
  readonly topicPrefix: string
  readonly signal: AbortSignal
  /** Told of a record that cannot be read, or that ClickHouse refuses, before the landing of those beside it resolves. */
  readonly onUnlanded: (record: LogRecord, code: ErrorCode) => void
  /** ClickHouse is away: it is tried again. */
  readonly onFault: (error: AppError) => void
}

/** Tries, and waits for a ClickHouse that is away. What somebody has to mend is thrown: an operator is looking on. */
const tryPatiently = async <Result>(
  attempt: () => Promise<Result>,
  { signal, onFault }: RecordLandingOptions,
): Promise<Result> => {
  const outcome = await untilItPasses(
    async () => {
      try {
        return { result: await attempt() }
      } catch (error) {
        if (error instanceof AppError && error.code === 'read_side_not_ready') return { outage: error }
        throw error
      }
    },
    { signal, onFault },
  )
  if ('outage' in outcome) throw outcome.outage
  return outcome.result
}

/**
 * Lands consecutive records of a partition in the tables of a database, together with those of others, as the lander does;
 * but what gives no row is told, and does not become a dead letter: the log has the lander's.
 * @throws AppError `read_side_not_ready`: an outage that somebody has to mend.
 */
export const createRecordLanding = (
  options: RecordLandingOptions,
): ((records: readonly LogRecord[]) => Promise<void>) => {
  const { clickhouse, database, topicPrefix, onUnlanded } = options
  const land = createBlockLanding({
    landing: clickhouseLanding(clickhouse, database),
    patiently: (attempt) => tryPatiently(attempt, options),
    // What the lander gave up on may come all at once here.
    areKnown: (rows) =>
      areBuried(
        clickhouse,
        DATABASE,
        rows.map(({ record, replayOf }) => replayOf ?? record),
      ),
  })
  const blocks = createGroupCommit<LandingRow>({
    commit: async (rows) => {
      const refused = await land(rows)
      for (const { item } of refused) onUnlanded(item.record, 'row_rejected')
    },
    bytesOf: ({ event }) => event.byteLength,
    itemsMax: BLOCK_ROWS_MAX,
    bytesMax: BLOCK_BYTES_MAX,
    // One fetch is in hand at most: that is the bound.
    pendingBytesMax: Number.POSITIVE_INFINITY,
    lingerMs: LINGER_MS,
  })
  return async (some) => {
    const rows: LandingRow[] = []
    for (const record of some) {
      const reading = readRow(topicOf(topicPrefix, record.topic), record)
      if (reading.ok) rows.push(reading.row)
      else onUnlanded(record, reading.code)
    }
    await blocks.submit(rows)
  }
}
