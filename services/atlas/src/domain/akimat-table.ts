import { type Kind, KINDS, type RegionView } from '@baqylau/contracts'
import { codesOfToday, codesOn, type Names, namesFor, namesToday } from './akimat-names.ts'
import type { AkimatKindCounts } from './overview.ts'
import { UNRESOLVED } from './report-filter.ts'

/** One line: reports by kind, in the order of KINDS, and the sums over all kinds. */
export interface TableLine {
  readonly reportsByKind: readonly number[]
  readonly reports: number
  readonly incidents: number
  readonly peopleDetained: number
  readonly copiesSeized: number
}

export interface AkimatLine extends TableLine {
  readonly regionCode: string
  readonly names: Names | null
}

export interface AkimatTable {
  readonly akimats: readonly AkimatLine[]
  /** What could not be placed, or was not yet. */
  readonly unresolved: TableLine
  readonly total: TableLine
}

const lineOf = (counts: readonly AkimatKindCounts[]): TableLine => {
  const sum = (of: (counts: AkimatKindCounts) => number): number =>
    counts.reduce((total, each) => total + of(each), 0)
  const ofKind = (kind: Kind): number => sum(({ kind: own, reports }) => (own === kind ? reports : 0))
  return {
    reportsByKind: KINDS.map(ofKind),
    reports: sum(({ reports }) => reports),
    incidents: sum(({ incidents }) => incidents),
    peopleDetained: sum(({ peopleDetained }) => peopleDetained),
    copiesSeized: sum(({ copiesSeized }) => copiesSeized),
  }
}

/**
 * Akimat × kind: every akimat that there was on the day `on` (today's, for today's regions), also those of which nothing
 * was reported, and any other that something was.
 */
export const akimatTableOf = (
  counts: readonly AkimatKindCounts[],
  view: RegionView,
  on: string,
): AkimatTable => {
  const byCode = Map.groupBy(counts, ({ regionCode }) => regionCode)
  const known = view === 'today' ? codesOfToday : codesOn(on)
  const codes = [...new Set([...known, ...byCode.keys()])].filter((code) => code !== UNRESOLVED)
  const akimatLine = (regionCode: string): AkimatLine => ({
    regionCode,
    names: namesFor(view, regionCode, on) ?? namesToday(regionCode),
    ...lineOf(byCode.get(regionCode) ?? []),
  })
  return {
    akimats: codes.toSorted().map(akimatLine),
    unresolved: lineOf(byCode.get(UNRESOLVED) ?? []),
    total: lineOf(counts),
  }
}
