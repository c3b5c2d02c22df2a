import { type ErrorCode, readDeadLetter, readReportEvent, standingOf, type Topic } from '@baqylau/contracts'

/** A record of the log, as it is handed over. */
export interface LogRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly value: Uint8Array | null
}

/** An event on its way into ClickHouse: its bytes as they are in the log, and what was computed of them. */
export interface LandingRow {
  readonly record: LogRecord
  readonly event: Uint8Array
  /** Where it lands: the version of a report's event, or a dead letter, which has none. */
  readonly target:
    | { readonly table: 'landing'; readonly version: bigint }
    | { readonly table: 'landing_dead_letters' }
}

export type Reading =
  | { readonly ok: true; readonly row: LandingRow }
  | { readonly ok: false; readonly record: LogRecord; readonly code: ErrorCode; readonly detail: string }

/** Parses and checks a record; its bytes go on untouched. */
export const readRow = (topic: Topic, record: LogRecord): Reading => {
  const event = record.value ?? new Uint8Array()
  if (topic === 'dead-letters') {
    const reading = readDeadLetter(record.value)
    return reading.ok
      ? { ok: true, row: { record, event, target: { table: 'landing_dead_letters' } } }
      : { ok: false, record, code: reading.code, detail: reading.detail }
  }
  const reading = readReportEvent(record.value)
  if (!reading.ok) return { ok: false, record, code: reading.code, detail: reading.detail }
  const { version } = standingOf(reading.event)
  return { ok: true, row: { record, event, target: { table: 'landing', version } } }
}
