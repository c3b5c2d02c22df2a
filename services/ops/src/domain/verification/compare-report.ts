import {
  type History,
  incidentRowsOf,
  type IncidentPart,
  isRetracted,
  stageOfVersion,
  STAGES,
} from '@baqylau/contracts'
import type { Difference } from './difference.ts'
import { incidentDigest } from './digests.ts'
import { type Dispatched, isDispatched } from './dispatched.ts'
import type { LogEntry } from './log-entry.ts'
import type { Authors } from './possible-histories.ts'
import type { Viewed } from './view-line.ts'

type ReportLine = Viewed['reports'][number]

const wantsEnrichment = ({ current }: History<LogEntry>): boolean =>
  !isRetracted(current.version) && stageOfVersion(current.version) === STAGES.submitted

/** Whether one of its reports has an event that the dispatcher has not come to. */
export const isWaiting = (authors: Authors, dispatched: Dispatched): boolean =>
  [...authors.values()].some(
    (history) => wantsEnrichment(history) && !isDispatched(history.current.position, dispatched),
  )

const sameTexts = (one: readonly string[], other: readonly string[]): boolean =>
  JSON.stringify(one.toSorted()) === JSON.stringify(other.toSorted())

const placeOf = (entry: LogEntry): Pick<Difference, 'regionCode' | 'day'> =>
  entry.shown === undefined ? {} : { regionCode: entry.shown.part.region_code, day: entry.shown.part.day }

const columnsOf = (
  history: History<LogEntry>,
  found: ReportLine,
  flags: readonly (readonly [string, boolean])[],
): readonly string[] => [
  ...(history.current.shown?.digest === found.digest ? [] : ['content']),
  ...(history.receivedAtMs === found.received ? [] : ['received_at']),
  ...flags.filter(([, differs]) => differs).map(([name]) => name),
]

function* compareRow(history: History<LogEntry>, isContested: boolean, viewed: Viewed): Iterable<Difference> {
  const { shown, author, reportId, position } = history.current
  const [found, ...more] = viewed.reports.filter((line) => line.author === author)
  const base = { reportId, position, ...placeOf(history.current) }
  const extra = shown === undefined ? found : more[0]
  if (extra !== undefined) yield { ...base, kind: 'report_extra', regionCode: extra.region, day: extra.day }
  if (shown === undefined) return
  if (found === undefined) {
    yield { ...base, kind: 'report_missing' }
    return
  }
  const columns = columnsOf(history, found, [
    ['contested', isContested !== viewed.flagged.contested.has(author)],
    ['conflicting', history.conflicting !== viewed.flagged.conflicting.has(author)],
  ])
  if (columns.length > 0) yield { ...base, kind: 'report_differs', columns }
}

const standing = (authors: Authors): readonly History<LogEntry>[] =>
  [...authors.values()].filter(({ current }) => current.shown !== undefined)

export const shownOf = (authors: Authors): readonly IncidentPart[] =>
  [...authors.values()].flatMap(({ current }) => (current.shown === undefined ? [] : [current.shown.part]))

/** In which respects `current_reports` has not one row for each report that stands, with what `reports` shows and more. */
const currentColumns = (authors: Authors, { current, flagged }: Viewed): readonly string[] => {
  const all = standing(authors)
  const text = (author: string, value: unknown): string => JSON.stringify([author, value])
  const same = {
    content: sameTexts(
      all.map((history) => text(history.current.author, history.current.shown?.currentDigest)),
      current.map(({ author, digest }) => text(author, digest)),
    ),
    received_at: sameTexts(
      all.map((history) => text(history.current.author, history.receivedAtMs)),
      current.map(({ author, received }) => text(author, received)),
    ),
    contested: sameTexts(authors.size > 1 ? all.map((history) => history.current.author) : [], [
      ...flagged.current_contested,
    ]),
    conflicting: sameTexts(
      all.filter(({ conflicting }) => conflicting).map((history) => history.current.author),
      [...flagged.current_conflicting],
    ),
  }
  return Object.entries(same).flatMap(([column, isSame]) => (isSame ? [] : [column]))
}

/** What follows from the reports of one id. */
function* compareDerived(id: string, authors: Authors, viewed: Viewed): Iterable<Difference> {
  const columns = currentColumns(authors, viewed)
  if (columns.length > 0) yield { kind: 'current_report_differs', reportId: id, columns }
  const links = standing(authors).map(({ current }) => JSON.stringify([current.author, id, '0']))
  const linked = viewed.links.map((line) => JSON.stringify([line.author, line.incident, line.version]))
  if (!sameTexts(links, linked)) yield { kind: 'report_link_differs', reportId: id }
  const incidents = incidentRowsOf(shownOf(authors)).map((row) => incidentDigest.of(row))
  if (!sameTexts(incidents, viewed.incidents)) yield { kind: 'incident_differs', reportId: id }
}

/** Everything that is not alike of one report id, when the log says this of it. */
export function* compareId(
  id: string,
  authors: Authors,
  viewed: Viewed,
  dispatched: Dispatched,
): Iterable<Difference> {
  for (const history of authors.values()) {
    yield* compareRow(history, authors.size > 1, viewed)
    const { current } = history
    // Behind where the dispatcher has committed to, no report may be without its enrichment.
    if (wantsEnrichment(history) && isDispatched(current.position, dispatched))
      yield { kind: 'never_enriched', reportId: id, position: current.position, ...placeOf(current) }
  }
  for (const { author, region, day } of viewed.reports) {
    if (!authors.has(author)) yield { kind: 'report_extra', reportId: id, regionCode: region, day }
  }
  yield* compareDerived(id, authors, viewed)
}
