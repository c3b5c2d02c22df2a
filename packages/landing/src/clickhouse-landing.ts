import { type ClickHouse, createRowBinaryWriter, DATABASE, type RowBinaryWriter } from '@baqylau/clickhouse'
import { AppError, type ReplayOrigin } from '@baqylau/contracts'
import type { LandingRow } from './landing-row.ts'
import { missingColumns } from './missing-columns.ts'

const REPLAY_COLUMNS = 'replay_topic, replay_partition, replay_offset'
// The column closes_dead_letters is the last that the migrations make: before it is there, nothing may land.
const EVENT_COLUMNS = `topic, partition, offset, version, event, ${REPLAY_COLUMNS}, closes_dead_letters`
const DEAD_LETTER_COLUMNS = `event, ${REPLAY_COLUMNS}, closes_dead_letters`
/** The columns beside the event take less than this. */
const POSITION_BYTES = 600

const lacking = (columns: readonly string[]): AppError =>
  new AppError(
    'read_side_not_ready',
    `ClickHouse lacks ${columns.slice(0, 5).join(', ')}. Was it dropped or renamed? Put it back; nothing is committed until then.`,
  )

const capacityFor = (rows: readonly LandingRow[]): number =>
  rows.reduce((sum, { event }) => sum + event.byteLength + POSITION_BYTES, 0)

/** Where a replayed message was given up, and that its landing closes it; a topic of '' for any other. */
const writeReplay = (writer: RowBinaryWriter, origin: ReplayOrigin | undefined): void => {
  writer.string(origin?.topic ?? '')
  writer.uint32(origin?.partition ?? 0)
  writer.uint64(BigInt(origin?.offset ?? 0))
  writer.bool(true)
}

const encodeEvents = (rows: readonly LandingRow[]): Uint8Array => {
  const writer = createRowBinaryWriter(capacityFor(rows))
  for (const { record, event, target, replayOf } of rows) {
    if (target.table !== 'landing') continue
    writer.string(record.topic)
    writer.uint32(record.partition)
    writer.uint64(BigInt(record.offset))
    writer.uint64(target.version)
    writer.string(event)
    writeReplay(writer, replayOf)
  }
  return writer.bytes()
}

const encodeDeadLetters = (rows: readonly LandingRow[]): Uint8Array => {
  const writer = createRowBinaryWriter(capacityFor(rows))
  for (const { event, target, replayOf } of rows) {
    if (target.table !== 'landing_dead_letters') continue
    writer.string(event)
    writeReplay(writer, replayOf)
  }
  return writer.bytes()
}

export interface ClickHouseLanding {
  /**
   * Resolves when ClickHouse has written the rows. The same rows may be landed again.
   * @throws AppError `read_side_unavailable` (passes), `row_rejected` (bad data), `read_side_not_ready` (an outage).
   */
  readonly insert: (rows: readonly LandingRow[]) => Promise<void>
  /** Undefined while rows land, else why the last ones did not: a ClickHouse that answers may still lack a table. */
  readonly trouble: () => string | undefined
}

/** Raw events as RowBinary, into the landing tables of a database; its materialized views take the columns out. */
export const clickhouseLanding = (clickhouse: ClickHouse, database = DATABASE): ClickHouseLanding => {
  const eventsInto = `INSERT INTO ${database}.landing (${EVENT_COLUMNS}) FORMAT RowBinary`
  const deadLettersInto = `INSERT INTO ${database}.landing_dead_letters (${DEAD_LETTER_COLUMNS}) FORMAT RowBinary`
  let trouble: string | undefined
  const checkColumns = async (): Promise<void> => {
    const missing = await missingColumns(clickhouse, database)
    if (missing.length > 0) throw lacking(missing)
  }
  return {
    insert: async (rows) => {
      try {
        if (trouble !== undefined) await checkColumns()
        const events = encodeEvents(rows)
        if (events.byteLength > 0) await clickhouse.insert(eventsInto, events)
        const letters = encodeDeadLetters(rows)
        if (letters.byteLength > 0) await clickhouse.insert(deadLettersInto, letters)
        // Afterwards: what landed without a column is then not committed, and lands again when it is there.
        await checkColumns()
        trouble = undefined
      } catch (error) {
        trouble = error instanceof Error ? error.message : String(error)
        throw error
      }
    },
    trouble: () => trouble,
  }
}
