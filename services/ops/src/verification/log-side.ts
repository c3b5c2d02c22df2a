import {
  type LogPosition,
  readDeadLetter,
  readReplayOrigin,
  readReportEvent,
  type ReportEvent,
} from '@baqylau/contracts'
import type { LogRecord } from '@baqylau/kafka'
import type { Spill } from '../adapters/spill.ts'
import { eventDigestOf, type EventBlocks } from '../domain/verification/event-blocks.ts'
import {
  buriedLine,
  closedLines,
  expectedLine,
  type LetterLine,
  letterName,
} from '../domain/verification/letter-comparison.ts'
import { encodeEntry, logEntryOf } from '../domain/verification/log-entry.ts'
import { positionName } from '../domain/log-position.ts'
import { openPositionSet, type PositionSet } from '../domain/verification/position-set.ts'

export interface LogSideParts {
  readonly letterTopic: string
  /** What the dispatcher reads, as well as the lander. */
  readonly reportTopic: string
  /** Events, by report id. */
  readonly events: Spill
  /** Dead letters, where there have to be some, and what closes them, by the position of the message. */
  readonly letters: Spill
  /** The names of those of the positions of which ClickHouse has a row. */
  readonly rowsAt: (positions: readonly LogPosition[]) => Promise<ReadonlySet<string>>
}

export interface LogCounts {
  readonly events: number
  readonly letters: number
  readonly unreadable: number
  readonly buried: number
}

/** An event as it was read, and what there has to be of it. */
interface ReadEvent {
  readonly record: LogRecord
  readonly event: ReportEvent | undefined
  /** The lander gave it up once: that it has landed, and that it has not, are both right. */
  readonly isDoubtful: boolean
  readonly hasRow: boolean
}

/** What was said of since it is watched. */
export interface Touched {
  readonly reports: ReadonlySet<string>
  readonly letters: ReadonlySet<string>
}

export interface LogSide {
  /** The records of dead letters have to come first. `round` is how often the log was read on, from 1. */
  readonly take: (
    records: readonly LogRecord[],
    round: number,
    blocks: EventBlocks | undefined,
  ) => Promise<void>
  /** The events that have a row, by the names of their positions: those that can be read, and that the lander did not give up. */
  readonly landedEvents: (records: readonly LogRecord[]) => Promise<ReadonlyMap<string, ReportEvent>>
  /** From now on, remembers of which of these reports and dead letters something new is said. */
  readonly watch: (watched: Touched) => Touched
  readonly counts: () => LogCounts
}

/** Where a record is buried when it is given up: where it was first, as `recordGivenUp` has it. */
const buriedAt = (record: LogRecord): LogPosition => {
  const origin = readReplayOrigin(record.headers)
  return origin?.topic === record.topic ? origin : record
}

type ReadEvents = (records: readonly LogRecord[]) => Promise<readonly ReadEvent[]>

/** ClickHouse is asked once for all of them that the lander gave up. */
const eventReader =
  (givenUp: PositionSet, rowsAt: LogSideParts['rowsAt']): ReadEvents =>
  async (records) => {
    const read = records.map((record) => {
      const reading = readReportEvent(record.value)
      return {
        record,
        event: reading.ok ? reading.event : undefined,
        isDoubtful: reading.ok && givenUp.has(buriedAt(record)),
      }
    })
    const doubtful = read.filter(({ isDoubtful }) => isDoubtful).map(({ record }) => record)
    const rows = doubtful.length === 0 ? new Set<string>() : await rowsAt(doubtful)
    return read.map(({ record, event, isDoubtful }) => ({
      record,
      event,
      isDoubtful,
      hasRow: !isDoubtful || rows.has(positionName(record)),
    }))
  }

/** The events that have a row, by the names of their positions. */
const landedAmong = (events: readonly ReadEvent[]): ReadonlyMap<string, ReportEvent> =>
  new Map(
    events.flatMap(({ record, event, hasRow }) =>
      event !== undefined && hasRow ? [[positionName(record), event] as const] : [],
    ),
  )

const NOTHING: Touched = { reports: new Set(), letters: new Set() }

/** What the log says, sorted into files as it is read. */
export const openLogSide = (parts: LogSideParts): LogSide => {
  const { letterTopic, reportTopic, events, letters, rowsAt } = parts
  const givenUp = openPositionSet()
  const readEvents = eventReader(givenUp, rowsAt)
  const counts = { events: 0, letters: 0, unreadable: 0, buried: 0 }
  let watched = NOTHING
  let touched = { reports: new Set<string>(), letters: new Set<string>() }

  const say = (line: LetterLine): void => {
    const name = letterName(line)
    letters.append(name, JSON.stringify(line))
    if (watched.letters.has(name)) touched.letters.add(name)
  }
  const close = (record: LogRecord, event: ReportEvent | undefined, isSure: boolean): void => {
    const origin = readReplayOrigin(record.headers)
    if (origin === undefined) return
    for (const line of closedLines({ topic: record.topic, origin, isSure }, event)) say(line)
  }
  /** Whoever reads a record that nobody can read has to have buried it. */
  const expectLetters = (record: LogRecord): void => {
    counts.unreadable += 1
    say(expectedLine('lander', buriedAt(record), record))
    if (record.topic === reportTopic) say(expectedLine('dispatcher', buriedAt(record), record))
  }
  const takeLetter = (record: LogRecord): void => {
    const reading = readDeadLetter(record.value)
    if (!reading.ok) {
      expectLetters(record)
      return
    }
    const line = buriedLine(reading.event)
    say(line)
    counts.letters += 1
    close(record, undefined, true)
    if (line.step === 'lander') givenUp.add(line)
  }
  const takeEvent = (
    { record, event, isDoubtful, hasRow }: ReadEvent,
    round: number,
    blocks?: EventBlocks,
  ): void => {
    if (event === undefined) {
      expectLetters(record)
      return
    }
    // Views are filled one after the other: what has no row may still be in another view.
    const entry = { ...logEntryOf(record, event), isDoubtful, round }
    events.append(entry.reportId, encodeEntry(entry))
    if (watched.reports.has(entry.reportId)) touched.reports.add(entry.reportId)
    counts[hasRow ? 'events' : 'buried'] += 1
    if (hasRow) blocks?.add(record, eventDigestOf(entry.position, event))
    close(record, event, !isDoubtful)
  }
  return {
    take: async (records, round, blocks) => {
      for (const record of records) if (record.topic === letterTopic) takeLetter(record)
      const others = records.filter(({ topic }) => topic !== letterTopic)
      for (const read of await readEvents(others)) takeEvent(read, round, blocks)
    },
    landedEvents: async (records) => landedAmong(await readEvents(records)),
    watch: (some) => {
      watched = some
      touched = { reports: new Set(), letters: new Set() }
      return touched
    },
    counts: () => ({ ...counts }),
  }
}
