import type { LogPosition } from '@baqylau/contracts'

/** In what ClickHouse and the log may differ. */
export const DIFFERENCE_KINDS = [
  'report_missing',
  'report_extra',
  'report_differs',
  'never_enriched',
  'current_report_differs',
  'report_link_differs',
  'incident_differs',
  'akimat_day_differs',
  'akimat_differs',
  'event_missing',
  'event_extra',
  'event_differs',
  'dead_letter_missing',
  'dead_letter_extra',
  'dead_letter_differs',
] as const
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number]

/** One difference: where, and in which columns. Never what they hold. */
export interface Difference {
  readonly kind: DifferenceKind
  readonly reportId?: string
  /** Akimat and day as the log has them, or, of what the log has not, as ClickHouse has. */
  readonly regionCode?: string
  readonly day?: string
  /** Position in the log: of the event that tells how the report stands, of the event or of the dead letter. */
  readonly position?: LogPosition
  readonly step?: string
  readonly columns?: readonly string[]
  /** How many of this kind it stands for, when that is more than one. */
  readonly count?: number
}

export interface DifferenceTally {
  readonly add: (difference: Difference) => void
  readonly total: () => number
  readonly byKind: () => Readonly<Partial<Record<DifferenceKind, number>>>
  readonly first: () => readonly Difference[]
  /** How many differences akimats and days have, the first of them. */
  readonly akimatDays: () => readonly AkimatDayTally[]
}

export interface AkimatDayTally {
  readonly regionCode: string
  readonly day: string
  readonly differences: number
}

const AKIMAT_DAYS_MAX = 1000

/** Counts differences, and remembers the first of each kind. */
export const tallyDifferences = (firstMax: number): DifferenceTally => {
  const counts = new Map<DifferenceKind, number>()
  const first: Difference[] = []
  const days = new Map<string, AkimatDayTally>()
  const countDay = (regionCode: string, day: string, count: number): void => {
    const name = `${regionCode} ${day}`
    if (!days.has(name) && days.size >= AKIMAT_DAYS_MAX) return
    days.set(name, { regionCode, day, differences: (days.get(name)?.differences ?? 0) + count })
  }
  return {
    add: (difference) => {
      const { kind, count = 1, regionCode, day } = difference
      const before = counts.get(kind) ?? 0
      counts.set(kind, before + count)
      if (before < firstMax) first.push(difference)
      if (regionCode !== undefined && day !== undefined) countDay(regionCode, day, count)
    },
    total: () => [...counts.values()].reduce((sum, count) => sum + count, 0),
    byKind: () => Object.fromEntries(counts),
    first: () => first,
    akimatDays: () => [...days.values()],
  }
}
