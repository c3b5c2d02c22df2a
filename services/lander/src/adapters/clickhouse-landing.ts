import { type ClickHouse, createRowBinaryWriter } from '@baqylau/clickhouse'
import type { LandingRow } from '../domain/landing-row.ts'
import type { Landing } from '../ports.ts'

// The column is_open is the last that the migrations make: before it is there, nothing may land.
const EVENTS =
  'INSERT INTO baqylau.landing (topic, partition, offset, version, event, is_open) FORMAT RowBinary'
const DEAD_LETTERS = 'INSERT INTO baqylau.landing_dead_letters (event, is_open) FORMAT RowBinary'
/** The columns beside the event take less than this. */
const POSITION_BYTES = 300

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

export interface ClickHouseLanding extends Landing {
  /** Undefined while rows land, else why the last ones did not: a ClickHouse that answers may still lack a table. */
  readonly trouble: () => string | undefined
}

/** Raw events as RowBinary; ClickHouse's materialized views take the columns out. */
export const clickhouseLanding = (clickhouse: ClickHouse): ClickHouseLanding => {
  let trouble: string | undefined
  return {
    insert: async (rows) => {
      try {
        const events = encodeEvents(rows)
        if (events.byteLength > 0) await clickhouse.insert(EVENTS, events)
        const letters = encodeDeadLetters(rows)
        if (letters.byteLength > 0) await clickhouse.insert(DEAD_LETTERS, letters)
        trouble = undefined
      } catch (error) {
        trouble = error instanceof Error ? error.message : String(error)
        throw error
      }
    },
    trouble: () => trouble,
  }
}
