import settlementRows from '../data/settlements.json' with { type: 'json' }
import type { AkimatCode } from './akimat.ts'
import { distanceKm, type Point } from './geometry.ts'

export interface Settlement extends Point {
  /** Its name in the gazetteer, romanised; what a resolution calls it. */
  readonly name: string
  /** Every other name that it has or had, in Kazakh, Russian and Latin letters. */
  readonly names: readonly string[]
  readonly codeToday: AkimatCode
  /** The akimat of 2005. */
  readonly codeBefore: AkimatCode
  /** 0 where the gazetteer does not know it. */
  readonly population: number
  /** Whether it has the status of a city (қала, город), as a «г.» before its name says. */
  readonly isCity: boolean
}

export const settlements: readonly Settlement[] = settlementRows

/** The settlement nearest to a point among those that pass, and how far it is in kilometres. */
export function nearestSettlement(
  point: Point,
  passes: (settlement: Settlement) => boolean,
): { readonly settlement: Settlement; readonly km: number } | undefined {
  let nearest: { settlement: Settlement; km: number } | undefined
  for (const settlement of settlements) {
    if (!passes(settlement)) continue
    const km = distanceKm(point, settlement)
    if (nearest === undefined || km < nearest.km) nearest = { settlement, km }
  }
  return nearest
}
