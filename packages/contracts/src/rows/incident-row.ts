import { PRECISIONS } from '../report/vocabulary.ts'
import type { IncidentRow, ReportRow } from '../rows.ts'

/** What of a report its incident is made of. */
export type IncidentPart = Pick<
  ReportRow,
  | 'report_id'
  | 'author'
  | 'kind'
  | 'region_code'
  | 'region_code_today'
  | 'day'
  | 'precision'
  | 'region_confidence'
  | 'people_detained'
  | 'copies_seized'
>

/** Until reports are linked, every report is its own incident. */
const incidentIdOf = ({ report_id: reportId }: IncidentPart): string => reportId

/** The lower of the two in the middle, when they are even in number; of none, null. */
const lowerMedian = (values: readonly (number | null)[]): number | null => {
  const said = values.filter((value) => value !== null).toSorted((one, other) => one - other)
  return said[Math.ceil(said.length / 2) - 1] ?? null
}

const leastOf = (words: readonly string[]): string =>
  words.reduce((least, word) => (word < least ? word : least))
const greatestOf = (words: readonly string[]): string =>
  words.reduce((greatest, word) => (word > greatest ? word : greatest))

/** Of the reports of the first day, that of the most exact. */
const precisionOf = (parts: readonly IncidentPart[], firstDay: string): string => {
  const onFirstDay = new Set(parts.filter(({ day }) => day === firstDay).map(({ precision }) => precision))
  return PRECISIONS.find((precision) => onFirstDay.has(precision)) ?? ''
}

const incidentOf = (first: IncidentPart, parts: readonly IncidentPart[]): IncidentRow => {
  const days = parts.map(({ day }) => day)
  const firstSeen = leastOf(days)
  return {
    incident_id: incidentIdOf(first),
    kind: first.kind,
    region_code: first.region_code,
    region_code_today: first.region_code_today,
    first_seen: firstSeen,
    last_seen: greatestOf(days),
    precision: precisionOf(parts, firstSeen),
    reports: String(parts.length),
    sources: String(new Set(parts.map(({ author }) => author)).size),
    region_confidence: parts.reduce((most, { region_confidence: one }) => Math.max(most, one), 0),
    people_detained: lowerMedian(parts.map(({ people_detained: people }) => people)),
    copies_seized: lowerMedian(parts.map(({ copies_seized: copies }) => copies)),
  }
}

/** The rows of the view `incidents` that these reports must have there: an incident has one kind and one akimat. */
export const incidentRowsOf = (reports: Iterable<IncidentPart>): readonly IncidentRow[] => {
  const groups = new Map<string, [IncidentPart, ...IncidentPart[]]>()
  for (const report of reports) {
    const { kind, region_code: then, region_code_today: today } = report
    const key = JSON.stringify([incidentIdOf(report), kind, then, today])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [report])
    else group.push(report)
  }
  return [...groups.values()].map((parts) => incidentOf(parts[0], parts))
}
