import { incidentRowsOf, type IncidentPart, type IncidentRow, isRetracted } from '@baqylau/contracts'
import { compareId, isWaiting, shownOf } from './compare-report.ts'
import type { Difference } from './difference.ts'
import type { Dispatched } from './dispatched.ts'
import { decodeEntry, type LogEntry } from './log-entry.ts'
import { addEntry, type Authors, likeliest, possibleHistories } from './possible-histories.ts'
import { addViewLine, newViewed, type Viewed, type ViewLine } from './view-line.ts'

export interface ReportBucket {
  readonly addLog: (line: string) => void
  readonly addView: (line: string) => void
  /** Everything that is not alike, by report id; `only` those ids when it is given. */
  readonly compare: (dispatched: Dispatched, only?: ReadonlySet<string>) => Iterable<Difference>
  /** What the log has of this bucket. */
  readonly shown: () => readonly IncidentPart[]
  readonly incidents: () => readonly IncidentRow[]
  /** Reports that stand, and that are taken back. */
  readonly counts: () => ReportCounts
  /** The ids of reports that the dispatcher has not come to. */
  readonly waiting: (dispatched: Dispatched) => readonly string[]
  /** The akimats' days, as `akimatDayOf` names them, of all reports of which something was read in this round. */
  readonly touchedDays: (round: number) => Iterable<string>
}

export interface ReportCounts {
  readonly reports: number
  readonly retracted: number
}

/** Which of its possible histories ClickHouse has, of report ids that have several. */
export type Choices = Map<string, number>
const CHOICES_MAX = 100_000

export const akimatDayOf = (regionCode: string, day: string): string => `${regionCode} ${day}`

interface Known {
  firm: Authors
  readonly doubtful: LogEntry[]
  readonly days: Set<string>
  lastRound: number
}

const newKnown = (): Known => ({ firm: new Map(), doubtful: [], days: new Set(), lastRound: 0 })

const learn = (known: Known, entry: LogEntry): void => {
  if (entry.isDoubtful) known.doubtful.push(entry)
  else known.firm = addEntry(known.firm, entry)
  if (entry.shown !== undefined)
    known.days.add(akimatDayOf(entry.shown.part.region_code, entry.shown.part.day))
  known.lastRound = Math.max(known.lastRound, entry.round)
}

/** A part of all report ids: what the log says of them, folded, and what ClickHouse says. */
export const openReportBucket = (choices: Choices = new Map()): ReportBucket => {
  const log = new Map<string, Known>()
  const views = new Map<string, Viewed>()
  const knownOf = (id: string): Known => log.get(id) ?? newKnown()
  const chosen = (): readonly (readonly [string, Authors])[] =>
    [...log].map(([id, { firm, doubtful }]) => {
      const possible = possibleHistories(firm, doubtful)
      return [id, possible[choices.get(id) ?? possible.length - 1] ?? firm]
    })
  const compareOne = (id: string, dispatched: Dispatched): readonly Difference[] => {
    const { firm, doubtful } = knownOf(id)
    const viewed = views.get(id) ?? newViewed()
    const answers = possibleHistories(firm, doubtful).map((authors) =>
      Array.from(compareId(id, authors, viewed, dispatched)),
    )
    const { index, differences } = likeliest(answers)
    if (answers.length > 1 && (choices.has(id) || choices.size < CHOICES_MAX)) choices.set(id, index)
    return differences
  }
  return {
    addLog: (line) => {
      const entry = decodeEntry(line)
      const known = knownOf(entry.reportId)
      learn(known, entry)
      log.set(entry.reportId, known)
    },
    addView: (line) => {
      const said = JSON.parse(line) as ViewLine
      const viewed = views.get(said.id) ?? newViewed()
      addViewLine(viewed, said)
      views.set(said.id, viewed)
    },
    *compare(dispatched, only) {
      for (const id of new Set([...log.keys(), ...views.keys()])) {
        if (only === undefined || only.has(id)) yield* compareOne(id, dispatched)
      }
    },
    shown: () => chosen().flatMap(([, authors]) => shownOf(authors)),
    incidents: () => chosen().flatMap(([, authors]) => incidentRowsOf(shownOf(authors))),
    counts: () => {
      const all = chosen().flatMap(([, authors]) => Array.from(authors.values()))
      const retracted = all.filter(({ current }) => isRetracted(current.version)).length
      return { reports: all.length - retracted, retracted }
    },
    waiting: (dispatched) =>
      chosen().flatMap(([id, authors]) => (isWaiting(authors, dispatched) ? [id] : [])),
    *touchedDays(round) {
      for (const { lastRound, days } of log.values()) if (lastRound === round) yield* days
    },
  }
}
