import type { AkimatDailyRow, IncidentRow } from '../rows.ts'
import type { IncidentPart } from './incident-row.ts'

/** What is counted together: an akimat (then and today), a day, a kind and a precision. */
export type DailyCell = Pick<
  AkimatDailyRow,
  'region_code' | 'region_code_today' | 'day' | 'kind' | 'precision'
>

/** What one report or one incident adds to its akimat's day. */
export interface DailyCounts {
  readonly reports: number
  readonly incidents: number
  readonly people_detained: number
  readonly copies_seized: number
  readonly denials: number
}

export interface DailyPart {
  readonly of: DailyCell
  readonly counts: DailyCounts
}

export const NO_COUNTS: DailyCounts = {
  reports: 0,
  incidents: 0,
  people_detained: 0,
  copies_seized: 0,
  denials: 0,
}

const DENIALS: ReadonlySet<string> = new Set(['premises_denial', 'media_access_denial'])

/** A report counts where and when it is. */
export const dailyPartOfReport = (report: IncidentPart): DailyPart => {
  const { region_code, region_code_today, day, kind, precision } = report
  return {
    of: { region_code, region_code_today, day, kind, precision },
    counts: { ...NO_COUNTS, reports: 1 },
  }
}

/** An incident counts once, on its first day. */
export const dailyPartOfIncident = (incident: IncidentRow): DailyPart => {
  const { region_code, region_code_today, first_seen: day, kind, precision } = incident
  return {
    of: { region_code, region_code_today, day, kind, precision },
    counts: {
      reports: 0,
      incidents: 1,
      people_detained: incident.people_detained ?? 0,
      copies_seized: incident.copies_seized ?? 0,
      denials: DENIALS.has(kind) ? 1 : 0,
    },
  }
}

export const addCounts = (one: DailyCounts, other: DailyCounts): DailyCounts => ({
  reports: one.reports + other.reports,
  incidents: one.incidents + other.incidents,
  people_detained: one.people_detained + other.people_detained,
  copies_seized: one.copies_seized + other.copies_seized,
  denials: one.denials + other.denials,
})

export const dailyRowOf = ({ of, counts }: DailyPart): AkimatDailyRow => ({
  ...of,
  reports: String(counts.reports),
  incidents: String(counts.incidents),
  people_detained: String(counts.people_detained),
  copies_seized: String(counts.copies_seized),
  denials: String(counts.denials),
})

/** The rows of the view `akimat_daily` that these reports and incidents must have there. */
export const akimatDailyRowsOf = (
  reports: Iterable<IncidentPart>,
  incidents: Iterable<IncidentRow>,
): readonly AkimatDailyRow[] => {
  const days = new Map<string, DailyPart>()
  const add = ({ of, counts }: DailyPart): void => {
    const key = JSON.stringify(of)
    days.set(key, { of, counts: addCounts(days.get(key)?.counts ?? NO_COUNTS, counts) })
  }
  for (const report of reports) add(dailyPartOfReport(report))
  for (const incident of incidents) add(dailyPartOfIncident(incident))
  return [...days.values()].map(dailyRowOf)
}
