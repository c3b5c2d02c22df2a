import { createHash } from 'node:crypto'
import { EVENT_TYPES, type ReportEvent } from './events/report-events.ts'
import { detailsText } from './rows/details-text.ts'
import { revisionOf, type Stage, STAGES, versionOf } from './version.ts'

const stageOf = (event: ReportEvent): Stage => {
  if (event.type !== EVENT_TYPES.enriched) return STAGES.submitted
  return event.data.enrichment === null ? STAGES.enrichmentFailed : STAGES.enriched
}

/** The stage, the retraction and the version that an event stands for. */
export const standingOf = (event: ReportEvent) => {
  const retracted = event.type === EVENT_TYPES.retracted
  const stage = stageOf(event)
  const enrichmentVersion = event.type === EVENT_TYPES.enriched ? event.enrichmentversion : 0
  const version = versionOf({
    revision: event.revision,
    retracted,
    contentHash: event.contenthash,
    stage,
    enrichmentVersion,
  })
  return { version, stage, retracted, enrichmentVersion } as const
}

/** What of an event the fold looks at: all that history depends on. */
export interface HistoryEntry {
  readonly version: bigint
  /** 64 hexadecimal digits. The version has 31 of their bits: two contents that agree in those are told apart by the others. */
  readonly contentHash: string
  /** 24 hexadecimal digits, for entries of one version and one content hash. */
  readonly tieBreak: string
  /** Milliseconds since 1970. */
  readonly receivedAtMs: number
}

/** What the events of one report (same id, same author) come to. */
export interface History<Entry extends HistoryEntry> {
  /** The entry that tells how the report stands. */
  readonly current: Entry
  /** When any of its events was first received: milliseconds since 1970. */
  readonly receivedAtMs: number
  /** Two contents at the revision that holds. */
  readonly conflicting: boolean
}

/** How many hexadecimal digits of the content hash come after those that are in the version, in the rank of a row. */
const RANK_DIGITS = 24
const VERSION_DIGITS = 8

/**
 * Which of two entries holds: the greater version, then the greater rest of the content hash, then the greater tie break.
 * ClickHouse compares the same three as one number: `rank` of `report_states_store`. Contents that agree in 31 bits are
 * rare, and easily made by somebody who sends 50,000 of them: without this, the last that landed would hold.
 */
const compareEntries = (one: HistoryEntry, other: HistoryEntry): number => {
  if (one.version !== other.version) return one.version > other.version ? 1 : -1
  const restOf = ({ contentHash, tieBreak }: HistoryEntry): string =>
    contentHash.slice(VERSION_DIGITS, VERSION_DIGITS + RANK_DIGITS) + tieBreak
  const [rest, otherRest] = [restOf(one), restOf(other)]
  if (rest === otherRest) return 0
  return rest > otherRest ? 1 : -1
}

/** The history of a single entry. */
export const beginHistory = <Entry extends HistoryEntry>(entry: Entry): History<Entry> => ({
  current: entry,
  receivedAtMs: entry.receivedAtMs,
  conflicting: false,
})

/**
 * Two parts of one report's history as one. Associative, commutative and idempotent: order, duplicates and the bounds of
 * batches make no difference. Of one request that was received twice, the first is current.
 */
export const combineHistories = <Entry extends HistoryEntry>(
  one: History<Entry>,
  other: History<Entry>,
): History<Entry> => {
  const order =
    compareEntries(one.current, other.current) || other.current.receivedAtMs - one.current.receivedAtMs
  const [ahead, behind] = order >= 0 ? [one, other] : [other, one]
  const sameRevision = revisionOf(ahead.current.version) === revisionOf(behind.current.version)
  const differ = behind.conflicting || ahead.current.contentHash !== behind.current.contentHash
  return {
    current: ahead.current,
    receivedAtMs: Math.min(one.receivedAtMs, other.receivedAtMs),
    conflicting: ahead.conflicting || (sameRevision && differ),
  }
}

/** A history with one more entry. */
export const evolve = <Entry extends HistoryEntry>(
  history: History<Entry> | undefined,
  entry: Entry,
): History<Entry> =>
  history === undefined ? beginHistory(entry) : combineHistories(history, beginHistory(entry))

export interface EventEntry extends HistoryEntry {
  readonly event: ReportEvent
}

/**
 * One content may have been sent with the members of its details in two orders, and `details` shows them as they were sent:
 * so that this, too, is the same everywhere, the greater digest of what is shown holds.
 */
const tieBreakOf = (event: ReportEvent): string => {
  const details = event.type === EVENT_TYPES.retracted ? '' : detailsText(event.data.report.details)
  return createHash('sha256')
    .update(event.id.toLowerCase() + details)
    .digest('hex')
    .slice(0, RANK_DIGITS)
}

export const entryOf = (event: ReportEvent): EventEntry => ({
  version: standingOf(event).version,
  contentHash: event.contenthash,
  tieBreak: tieBreakOf(event),
  receivedAtMs: Date.parse(event.time),
  event,
})

/** The history of one report, of its events in whatever order and however often they come. */
export const foldReport = (events: Iterable<ReportEvent>): History<EventEntry> | undefined => {
  let history: History<EventEntry> | undefined
  for (const event of events) history = evolve(history, entryOf(event))
  return history
}

/** How a report stands: one id, one author. */
export interface ReportState {
  /** The event that tells it. Of a `ReportRetracted`: the report is taken back, and in no view. */
  readonly event: ReportEvent
  readonly receivedAtMs: number
  readonly conflicting: boolean
  /** Another author has used the same id, even if they took it back. */
  readonly contested: boolean
}

/** How all reports stand that these events are of. */
export const foldReports = (events: Iterable<ReportEvent>): readonly ReportState[] => {
  const ids = new Map<string, Map<string, History<EventEntry>>>()
  for (const event of events) {
    const id = event.subject.toLowerCase()
    const authors = ids.get(id) ?? new Map<string, History<EventEntry>>()
    authors.set(event.author, evolve(authors.get(event.author), entryOf(event)))
    ids.set(id, authors)
  }
  return [...ids.values()].flatMap((authors) =>
    [...authors.values()].map(({ current, receivedAtMs, conflicting }) => ({
      event: current.event,
      receivedAtMs,
      conflicting,
      contested: authors.size > 1,
    })),
  )
}
