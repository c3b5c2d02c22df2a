import {
  entryOf,
  EVENT_TYPES,
  type HistoryEntry,
  type IncidentPart,
  type LogPosition,
  type ReportEvent,
  reportRowOf,
  type ReportRow,
} from '@baqylau/contracts'
import { akimatNamesOf } from './akimat-names.ts'
import { currentDigest, reportDigest } from './digests.ts'

/** What is kept of an event until all are read: what the fold looks at, a digest of its row, and what counts are made of. */
export interface LogEntry extends HistoryEntry {
  readonly reportId: string
  readonly author: string
  readonly position: LogPosition
  /** The lander gave it up once: that it has landed, and that it has not, are both right. */
  readonly isDoubtful: boolean
  /** At which reading of the log it was found, from 1. */
  readonly round: number
  /** Undefined of a retraction: no view has a row of it. */
  readonly shown:
    | {
        readonly digest: string
        /** Of the row of `current_reports`. */
        readonly currentDigest: string
        readonly part: IncidentPart
      }
    | undefined
}

const partOf = (row: ReportRow): IncidentPart => ({
  report_id: row.report_id,
  author: row.author,
  kind: row.kind,
  region_code: row.region_code,
  region_code_today: row.region_code_today,
  day: row.day,
  precision: row.precision,
  region_confidence: row.region_confidence,
  people_detained: row.people_detained,
  copies_seized: row.copies_seized,
})

/** The row of one event alone: what history adds is left open. */
const rowOf = (event: ReportEvent): ReportRow | undefined =>
  reportRowOf({ event, receivedAtMs: 0, conflicting: false, contested: false })

/** Until reports are linked, every report is its own incident. */
const shownOf = (row: ReportRow): NonNullable<LogEntry['shown']> => ({
  digest: reportDigest.of(row),
  currentDigest: currentDigest.of({ ...row, incident_id: row.report_id, ...akimatNamesOf(row) }),
  part: partOf(row),
})

export const logEntryOf = (position: LogPosition, event: ReportEvent): LogEntry => {
  const { version, contentHash, tieBreak, receivedAtMs } = entryOf(event)
  const row = event.type === EVENT_TYPES.retracted ? undefined : rowOf(event)
  return {
    version,
    contentHash,
    tieBreak,
    receivedAtMs,
    reportId: event.subject.toLowerCase(),
    author: event.author,
    position: { topic: position.topic, partition: position.partition, offset: position.offset },
    isDoubtful: false,
    round: 1,
    shown: row === undefined ? undefined : shownOf(row),
  }
}

/** As one line of a file. */
export const encodeEntry = ({ version, ...entry }: LogEntry): string =>
  JSON.stringify({ ...entry, version: String(version) })

export const decodeEntry = (line: string): LogEntry => {
  const { version, ...entry } = JSON.parse(line) as Omit<LogEntry, 'version'> & { readonly version: string }
  return { ...entry, version: BigInt(version) }
}
