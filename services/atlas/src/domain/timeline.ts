import type { DayCounts } from './overview.ts'

export const BIN_UNITS = ['day', 'week', 'month', 'year'] as const
export type BinUnit = (typeof BIN_UNITS)[number]

/** Reports of the days from `from` to `to`, both included. */
export interface Bin {
  readonly from: string
  readonly to: string
  readonly exact: number
  readonly approximate: number
}

export interface Timeline {
  readonly unit: BinUnit
  /** In order, without gaps. */
  readonly bins: readonly Bin[]
}

/** More bars than this are too thin to be seen. */
const BINS_MAX = 125

const dateOf = (day: string): Date => new Date(`${day}T00:00:00Z`)
const dayOf = (date: Date): string => date.toISOString().slice(0, 10)
const atUtc = (year: number, month: number, date: number): Date => new Date(Date.UTC(year, month, date))

const startOf = (unit: BinUnit, date: Date): Date => {
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
  switch (unit) {
    case 'day':
      return date
    case 'week':
      return atUtc(year, month, day - ((date.getUTCDay() + 6) % 7))
    case 'month':
      return atUtc(year, month, 1)
    case 'year':
      return atUtc(year, 0, 1)
  }
}

const after = (unit: BinUnit, start: Date): Date => {
  const [year, month, day] = [start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate()]
  switch (unit) {
    case 'day':
      return atUtc(year, month, day + 1)
    case 'week':
      return atUtc(year, month, day + 7)
    case 'month':
      return atUtc(year, month + 1, 1)
    case 'year':
      return atUtc(year + 1, 0, 1)
  }
}

/** The starts of the bins that cover the days, or undefined when they are too many. */
const startsBetween = (unit: BinUnit, from: string, to: string): readonly Date[] | undefined => {
  const starts: Date[] = []
  const last = dateOf(to)
  for (let start = startOf(unit, dateOf(from)); start <= last; start = after(unit, start)) {
    if (starts.length === BINS_MAX) return undefined
    starts.push(start)
  }
  return starts
}

const sumInto = (counts: readonly DayCounts[], unit: BinUnit): ReadonlyMap<string, readonly DayCounts[]> =>
  Map.groupBy(counts, ({ day }) => dayOf(startOf(unit, dateOf(day))))

const sum = (counts: readonly DayCounts[], of: (counts: DayCounts) => number): number =>
  counts.reduce((total, each) => total + of(each), 0)

/**
 * Bars for the days from `from` to `to` (ISO dates): by day, or by the week (from Monday), month or year when there would
 * be more than 125 of them. Every count falls into exactly one.
 */
export const timelineOf = (counts: readonly DayCounts[], from: string, to: string): Timeline => {
  for (const unit of BIN_UNITS) {
    const starts = startsBetween(unit, from, to)
    if (starts === undefined) continue
    const byStart = sumInto(counts, unit)
    const bins = starts.map((start) => {
      const own = byStart.get(dayOf(start)) ?? []
      const end = new Date(after(unit, start).getTime() - 86_400_000)
      return {
        from: dayOf(start),
        to: dayOf(end),
        exact: sum(own, ({ exact }) => exact),
        approximate: sum(own, ({ approximate }) => approximate),
      }
    })
    return { unit, bins }
  }
  throw new RangeError(`${from} to ${to} is more years than a time line has bars`)
}
