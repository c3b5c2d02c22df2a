import {
  DEAD_LETTER_TYPE,
  type ErrorCode,
  type EventDeadLettered,
  readDeadLetter,
  readReplayOrigin,
  readReportEvent,
  type RecordHeaders,
  type ReplayOrigin,
  type ReportEvent,
  standingOf,
  type Topic,
} from '@baqylau/contracts'

/** A record of the log, as it is handed over. */
export interface LogRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly value: Uint8Array | null
  readonly headers?: RecordHeaders
}

/** An event on its way into ClickHouse: its bytes as they are in the log, and what was computed of them. */
export interface LandingRow {
  readonly record: LogRecord
  readonly event: Uint8Array
  /** Where it lands: the version of a report's event, or a dead letter, which has none. */
  readonly target:
    | { readonly table: 'landing'; readonly version: bigint }
    | { readonly table: 'landing_dead_letters' }
  /** Of a message that was a dead letter, and of the enrichment made of it. */
  readonly replayOf: ReplayOrigin | undefined
}

export type Reading =
  | { readonly ok: true; readonly row: LandingRow }
  | { readonly ok: false; readonly record: LogRecord; readonly code: ErrorCode; readonly detail: string }

/** Parses and checks a record; its bytes go on untouched. */
export const readRow = (topic: Topic, record: LogRecord): Reading => {
  const reading = topic === 'dead-letters' ? readDeadLetter(record.value) : readReportEvent(record.value)
  if (!reading.ok) return { ok: false, record, code: reading.code, detail: reading.detail }
  const target = targetOf(reading.event)
  const event = record.value ?? new Uint8Array()
  return { ok: true, row: { record, event, target, replayOf: readReplayOrigin(record.headers) } }
}

const targetOf = (event: ReportEvent | EventDeadLettered): LandingRow['target'] =>
  event.type === DEAD_LETTER_TYPE
    ? { table: 'landing_dead_letters' }
    : { table: 'landing', version: standingOf(event).version }
