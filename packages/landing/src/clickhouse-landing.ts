import { type ClickHouse, createRowBinaryWriter, DATABASE } from '@baqylau/clickhouse'
import { AppError } from '@baqylau/contracts'
import type { LandingRow } from './landing-row.ts'
import { missingColumns } from './missing-columns.ts'
import { missingViews } from './missing-views.ts'

// The column closes_apart is the last that the migrations make: before it is there, nothing may land.
const EVENT_COLUMNS = 'topic, partition, offset, version, event, closes_apart'
const DEAD_LETTER_COLUMNS = 'event, closes_apart'
const CLOSING_COLUMNS = 'topic, version, replay_topic, replay_partition, replay_offset'
/** The columns beside the event take less than this. */
const POSITION_BYTES = 600

const lacking = (names: readonly string[]): AppError =>
  new AppError(
    'read_side_not_ready',
    `ClickHouse lacks ${names.slice(0, 5).join(', ')}. Was it dropped or renamed? Put it back; nothing is committed until then.`,
  )

const capacityFor = (rows: readonly LandingRow[]): number =>
  rows.reduce((sum, { event }) => sum + event.byteLength + POSITION_BYTES, 0)

const encodeEvents = (rows: readonly LandingRow[]): Uint8Array => {
  const writer = createRowBinaryWriter(capacityFor(rows))
  for (const { record, event, target } of rows) {
    if (target.table !== 'landing') continue
    writer.string(record.topic)
    writer.uint32(record.partition)
    writer.uint64(BigInt(record.offset))
    writer.uint64(target.version)
    writer.string(event)
    writer.bool(true)
  }
  return writer.bytes()
}

const encodeDeadLetters = (rows: readonly LandingRow[]): Uint8Array => {
  const writer = createRowBinaryWriter(capacityFor(rows))
  for (const { event, target } of rows) {
    if (target.table !== 'landing_dead_letters') continue
    writer.string(event)
    writer.bool(true)
  }
  return writer.bytes()
}

/** Which dead letters are closed: those of the messages that were replayed, and of what the enricher made of them. */
const encodeClosings = (rows: readonly LandingRow[]): Uint8Array => {
  const writer = createRowBinaryWriter(rows.length * POSITION_BYTES)
  for (const { record, target, replayOf } of rows) {
    if (replayOf === undefined) continue
    writer.string(target.table === 'landing' ? record.topic : replayOf.topic)
    writer.uint64(target.table === 'landing' ? target.version : 0n)
    writer.string(replayOf.topic)
    writer.uint32(replayOf.partition)
    writer.uint64(BigInt(replayOf.offset))
  }
  return writer.bytes()
}

/** Each throws AppError `read_side_unavailable` (passes), `row_rejected` (bad data), or `read_side_not_ready` (an outage). */
export interface ClickHouseLanding {
  /** Resolves when ClickHouse has written the rows. The same rows may be landed again. A refused row may stand in some tables. */
  readonly insert: (rows: readonly LandingRow[]) => Promise<void>
  /**
   * Rejects while a table or a view is missing of which ClickHouse says nothing. To be asked after the inserts, once for all,
   * and before anything is committed: what landed without them has to land again.
   */
  readonly check: () => Promise<void>
  /** Closes the dead letters whose replays these rows are. They must have landed: closed is closed. */
  readonly close: (rows: readonly LandingRow[]) => Promise<void>
  /** Undefined while rows land, else why the last ones did not: a ClickHouse that answers may still lack a table. */
  readonly trouble: () => string | undefined
}

/** Raw events as RowBinary, into the landing tables of a database; its materialized views take the columns out. */
export const clickhouseLanding = (clickhouse: ClickHouse, database = DATABASE): ClickHouseLanding => {
  const write = async (table: string, columns: string, rows: Uint8Array): Promise<void> => {
    if (rows.byteLength === 0) return
    await clickhouse.insert(`INSERT INTO ${database}.${table} (${columns}) FORMAT RowBinary`, rows)
  }
  let trouble: string | undefined
  let isLacking = false
  const noted = async (call: () => Promise<void>): Promise<void> => {
    try {
      await call()
    } catch (error) {
      trouble = error instanceof Error ? error.message : String(error)
      throw error
    }
  }
  const requireWhole = async (): Promise<void> => {
    const missing = [
      ...(await missingViews(clickhouse, database)),
      ...(await missingColumns(clickhouse, database)),
    ]
    isLacking = missing.length > 0
    if (isLacking) throw lacking(missing)
  }
  return {
    insert: (rows) =>
      noted(async () => {
        // Else the same rows would be inserted again and again for nothing.
        if (isLacking) await requireWhole()
        await write('landing', EVENT_COLUMNS, encodeEvents(rows))
        await write('landing_dead_letters', DEAD_LETTER_COLUMNS, encodeDeadLetters(rows))
      }),
    check: () =>
      noted(async () => {
        await requireWhole()
        trouble = undefined
      }),
    close: (rows) => noted(() => write('landing_closings', CLOSING_COLUMNS, encodeClosings(rows))),
    trouble: () => trouble,
  }
}
