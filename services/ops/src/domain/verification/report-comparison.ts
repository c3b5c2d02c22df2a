import {
  evolve,
  type History,
  incidentRowsOf,
  type IncidentPart,
  type IncidentRow,
  isRetracted,
  stageOfVersion,
  STAGES,
} from '@baqylau/contracts'
import type { Difference } from './difference.ts'
import { incidentDigest } from './digests.ts'
import { decodeEntry, type LogEntry } from './log-entry.ts'

/** What ClickHouse says of a report in one of its views. */
export type ViewLine =
  | {
      readonly view: 'reports'
      readonly id: string
      readonly author: string
      readonly digest: string
      /** Milliseconds since 1970. */
      readonly received: number
      readonly region: string
      readonly day: string
    }
  | {
      readonly view: 'contested' | 'conflicting' | 'current_reports'
      readonly id: string
      readonly author: string
    }
  | { readonly view: 'incidents'; readonly id: string; readonly digest: string }

type ReportLine = Extract<ViewLine, { view: 'reports' }>

interface Viewed {
  readonly reports: Map<string, ReportLine>
  readonly contested: Set<string>
  readonly conflicting: Set<string>
  readonly current: string[]
  readonly incidents: string[]
}

type Authors = Map<string, History<LogEntry>>

const newViewed = (): Viewed => ({
  reports: new Map(),
  contested: new Set(),
  conflicting: new Set(),
  current: [],
  incidents: [],
})

/** Where the dispatcher has committed to, by `topic/partition`. */
export type Dispatched = ReadonlyMap<string, bigint>

export interface ReportBucket {
  readonly addLog: (line: string) => void
  readonly addView: (line: string) => void
  /** Everything that is not alike, by report id; `only` those ids when it is given. */
  readonly compare: (dispatched: Dispatched, only?: ReadonlySet<string>) => Iterable<Difference>
  /** What the log has of this bucket. */
  readonly shown: () => readonly IncidentPart[]
  readonly incidents: () => readonly IncidentRow[]
  /** Reports that stand, that are taken back, and that wait for their enrichment. */
  readonly counts: (dispatched: Dispatched) => ReportCounts
}

export interface ReportCounts {
  readonly reports: number
  readonly retracted: number
  readonly waiting: number
}

const wantsEnrichment = ({ current }: History<LogEntry>): boolean =>
  !isRetracted(current.version) && stageOfVersion(current.version) === STAGES.submitted

/** The dispatcher commits what is enriched: behind that, no report may be without. */
const isDispatched = ({ position }: LogEntry, dispatched: Dispatched): boolean =>
  BigInt(position.offset) < (dispatched.get(`${position.topic}/${position.partition}`) ?? 0n)

const sameTexts = (one: readonly string[], other: readonly string[]): boolean =>
  one.toSorted().join() === other.toSorted().join()

const placeOf = (part: IncidentPart) => ({ regionCode: part.region_code, day: part.day })

const columnsOf = (
  history: History<LogEntry>,
  found: ReportLine,
  flags: readonly (readonly [string, boolean])[],
): readonly string[] => [
  ...(history.current.shown?.digest === found.digest ? [] : ['content']),
  ...(history.receivedAtMs === found.received ? [] : ['received_at']),
  ...flags.filter(([, differs]) => differs).map(([name]) => name),
]

function* compareReport(
  history: History<LogEntry>,
  isContested: boolean,
  viewed: Viewed,
): Iterable<Difference> {
  const { shown, author, reportId, position } = history.current
  const found = viewed.reports.get(author)
  const base = { reportId, position, ...(shown === undefined ? {} : placeOf(shown.part)) }
  if (shown === undefined) {
    if (found !== undefined) yield { ...base, kind: 'report_extra', regionCode: found.region, day: found.day }
    return
  }
  if (found === undefined) {
    yield { ...base, kind: 'report_missing' }
    return
  }
  const columns = columnsOf(history, found, [
    ['contested', isContested !== viewed.contested.has(author)],
    ['conflicting', history.conflicting !== viewed.conflicting.has(author)],
  ])
  if (columns.length > 0) yield { ...base, kind: 'report_differs', columns }
}

function* compareId(
  id: string,
  authors: Authors,
  viewed: Viewed,
  dispatched: Dispatched,
): Iterable<Difference> {
  for (const history of authors.values()) {
    yield* compareReport(history, authors.size > 1, viewed)
    if (wantsEnrichment(history) && isDispatched(history.current, dispatched)) {
      const { shown, position } = history.current
      yield {
        kind: 'never_enriched',
        reportId: id,
        position,
        ...(shown === undefined ? {} : placeOf(shown.part)),
      }
    }
  }
  for (const [author, { region, day }] of viewed.reports) {
    if (!authors.has(author)) yield { kind: 'report_extra', reportId: id, regionCode: region, day }
  }
  const parts = shownOf(authors)
  if (
    !sameTexts(
      parts.map(({ author }) => author),
      viewed.current,
    )
  )
    yield { kind: 'current_report_differs', reportId: id }
  const incidents = incidentRowsOf(parts).map((row) => incidentDigest.of(row))
  if (!sameTexts(incidents, viewed.incidents)) yield { kind: 'incident_differs', reportId: id }
}

const shownOf = (authors: Authors): readonly IncidentPart[] =>
  [...authors.values()].flatMap(({ current }) => (current.shown === undefined ? [] : [current.shown.part]))

const addViewLine = (viewed: Viewed, line: ViewLine): void => {
  switch (line.view) {
    case 'reports':
      viewed.reports.set(line.author, line)
      return
    case 'contested':
      viewed.contested.add(line.author)
      return
    case 'conflicting':
      viewed.conflicting.add(line.author)
      return
    case 'current_reports':
      viewed.current.push(line.author)
      return
    case 'incidents':
      viewed.incidents.push(line.digest)
  }
}

/** A part of all report ids: what the log says of them, folded, and what ClickHouse says. */
export const openReportBucket = (): ReportBucket => {
  const log = new Map<string, Authors>()
  const views = new Map<string, Viewed>()
  const nobody: Authors = new Map()
  const histories = () => [...log.values()].flatMap((authors) => Array.from(authors.values()))
  return {
    addLog: (line) => {
      const entry = decodeEntry(line)
      const authors = log.get(entry.reportId) ?? new Map<string, History<LogEntry>>()
      authors.set(entry.author, evolve(authors.get(entry.author), entry))
      log.set(entry.reportId, authors)
    },
    addView: (line) => {
      const said = JSON.parse(line) as ViewLine
      const viewed = views.get(said.id) ?? newViewed()
      addViewLine(viewed, said)
      views.set(said.id, viewed)
    },
    *compare(dispatched, only) {
      for (const id of new Set([...log.keys(), ...views.keys()])) {
        if (only !== undefined && !only.has(id)) continue
        yield* compareId(id, log.get(id) ?? nobody, views.get(id) ?? newViewed(), dispatched)
      }
    },
    shown: () => [...log.values()].flatMap(shownOf),
    incidents: () => [...log.values()].flatMap((authors) => incidentRowsOf(shownOf(authors))),
    counts: (dispatched) => {
      const all = histories()
      const retracted = all.filter(({ current }) => isRetracted(current.version)).length
      const waiting = all.filter(
        (history) => wantsEnrichment(history) && !isDispatched(history.current, dispatched),
      ).length
      return { reports: all.length - retracted, retracted, waiting }
    },
  }
}
