import {
  type EventDeadLettered,
  type LogPosition,
  readDeadLetter,
  readReplayOrigin,
  readReportEvent,
  type ReportEvent,
} from '@baqylau/contracts'
import type { LogRecord } from '@baqylau/kafka'
import type { Spill } from '../adapters/spill.ts'
import { eventDigestOf, type EventBlocks } from '../domain/verification/event-blocks.ts'
import { buriedLine, closedLines, letterName } from '../domain/verification/letter-comparison.ts'
import { encodeEntry, logEntryOf } from '../domain/verification/log-entry.ts'

export interface LogSideParts {
  readonly letterTopic: string
  /** Events, by report id. */
  readonly events: Spill
  /** Dead letters and what closes them, by the position of the message. */
  readonly letters: Spill
  /** Whether ClickHouse has a row of this position. */
  readonly hasRow: (position: LogPosition) => Promise<boolean>
}

export interface LogCounts {
  readonly events: number
  readonly letters: number
  readonly unreadable: number
  readonly buried: number
}

export interface LogSide {
  /** The records of dead letters have to come first. */
  readonly take: (records: readonly LogRecord[], blocks: EventBlocks | undefined) => Promise<void>
  /** The event of a record that has a row: one that can be read, and that ClickHouse did not refuse. */
  readonly landedEvent: (record: LogRecord) => ReportEvent | undefined
  /** From now on, remembers which of these reports something new is said of. */
  readonly watch: (ids: ReadonlySet<string>) => ReadonlySet<string>
  readonly counts: () => LogCounts
}

const positionName = ({ topic, partition, offset }: LogPosition): string =>
  `${topic}/${partition}/${String(BigInt(offset))}`

/** ClickHouse refused a row of what everybody else can read. What nobody can read has none anyway. */
const isRefusedRow = ({ data }: EventDeadLettered): boolean =>
  data.step === 'lander' && data.reason === 'row_rejected'

/** What the log says, sorted into files as it is read. */
export const openLogSide = ({ letterTopic, events, letters, hasRow }: LogSideParts): LogSide => {
  const refused = new Set<string>()
  const counts = { events: 0, letters: 0, unreadable: 0, buried: 0 }
  let watched: ReadonlySet<string> = new Set()
  let touched = new Set<string>()

  const close = (record: LogRecord, event: ReportEvent | undefined): void => {
    const origin = readReplayOrigin(record.headers)
    if (origin === undefined) return
    for (const line of closedLines(record.topic, origin, event))
      letters.append(letterName(line), JSON.stringify(line))
  }
  const takeLetter = async (record: LogRecord): Promise<void> => {
    const reading = readDeadLetter(record.value)
    if (!reading.ok) {
      counts.unreadable += 1
      return
    }
    const line = buriedLine(reading.event)
    letters.append(letterName(line), JSON.stringify(line))
    counts.letters += 1
    close(record, undefined)
    // It may have landed at a later try, after a restart: both are right, and ClickHouse knows which it was.
    if (isRefusedRow(reading.event) && !(await hasRow(line))) refused.add(positionName(line))
  }
  const landedEvent: LogSide['landedEvent'] = (record) => {
    const reading = readReportEvent(record.value)
    return reading.ok && !refused.has(positionName(record)) ? reading.event : undefined
  }
  const takeEvent = (record: LogRecord, blocks: EventBlocks | undefined): void => {
    const event = landedEvent(record)
    if (event === undefined) {
      counts[refused.has(positionName(record)) ? 'buried' : 'unreadable'] += 1
      return
    }
    const entry = logEntryOf(record, event)
    events.append(entry.reportId, encodeEntry(entry))
    blocks?.add(record, eventDigestOf(entry.position, event))
    close(record, event)
    counts.events += 1
    if (watched.has(entry.reportId)) touched.add(entry.reportId)
  }
  return {
    take: async (records, blocks) => {
      for (const record of records) {
        if (record.topic === letterTopic) await takeLetter(record)
        else takeEvent(record, blocks)
      }
    },
    landedEvent,
    watch: (ids) => {
      watched = ids
      touched = new Set()
      return touched
    },
    counts: () => ({ ...counts }),
  }
}
