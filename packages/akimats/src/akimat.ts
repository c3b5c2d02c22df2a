import akimatRows from '../data/akimats.json' with { type: 'json' }
import splitRows from '../data/splits.json' with { type: 'json' }

/** ISO 3166-2:KZ in its numeric form of 2020, `KZ-75`; used for every date, also before it existed. */
export type AkimatCode = string

/** One akimat under one name and seat. Dates are ISO days; `validTo` is exclusive; null is open-ended. */
export interface AkimatPeriod {
  readonly code: AkimatCode
  /** ISO's letters until 2020 (`ALA`); null for the akimats that domain sources give none for. */
  readonly letterCode: string | null
  readonly validFrom: string | null
  readonly validTo: string | null
  readonly nameKk: string
  readonly nameRu: string
  readonly nameEn: string
  readonly seatKk: string
  readonly seatRu: string
  readonly seatEn: string
}

/** On the day `on`, the akimat `to` was taken out of the territory of `from`. */
export interface Split {
  readonly from: AkimatCode
  readonly to: AkimatCode
  readonly on: string
}

/** Every akimat, one row per name and seat, ordered by code and then by time. */
export const akimats: readonly AkimatPeriod[] = akimatRows

export const splits: readonly Split[] = splitRows

const periodsByCode = Map.groupBy(akimats, (period) => period.code)

/** The akimat as it was on `date` (`YYYY-MM-DD`); undefined when there is none of that code on that day. */
export function akimatOn(code: string, date: string): AkimatPeriod | undefined {
  return periodsByCode.get(code)?.find((period) => isWithin(period, date))
}

/** The akimat that governed, on `date`, the territory of today's akimat `codeToday`: for KZ-79 in 2005, KZ-61. */
export function codeOn(codeToday: AkimatCode, date: string): AkimatCode {
  const split = splits.find(({ to }) => to === codeToday)
  return split !== undefined && date < split.on ? split.from : codeToday
}

/** The codes that the territory of `code`, as it was on `date`, belongs to today: several after a split. */
export function codesToday(code: AkimatCode, date: string): readonly AkimatCode[] {
  return [code, ...splits.filter(({ from, on }) => from === code && date < on).map(({ to }) => to)]
}

function isWithin({ validFrom, validTo }: AkimatPeriod, date: string): boolean {
  return (validFrom === null || validFrom <= date) && (validTo === null || date < validTo)
}
