import { type AkimatPeriod, akimatOn, akimats } from '@baqylau/akimats'
import type { RegionView } from '@baqylau/contracts'

/** A name in the three languages of the pages. */
export interface Names {
  readonly kk: string
  readonly ru: string
  readonly en: string
}

const namesOf = ({ nameKk, nameRu, nameEn }: AkimatPeriod): Names => ({
  kk: nameKk,
  ru: nameRu,
  en: nameEn,
})
const periodsToday = akimats.filter(({ validTo }) => validTo === null)
const today = new Map(periodsToday.map((period) => [period.code, namesOf(period)]))

/** The codes of today's akimats, in order. */
export const codesOfToday: readonly string[] = periodsToday.map(({ code }) => code)

/** What the akimat is called today, or null when there is none of that code. */
export const namesToday = (code: string): Names | null => today.get(code) ?? null

/** What the akimat was called on a day (`YYYY-MM-DD`), or null when there was none of that code. */
export const namesOn = (code: string, day: string): Names | null => {
  const period = akimatOn(code, day)
  return period === undefined ? null : namesOf(period)
}

/** The names that belong to a view of the regions: those of the day, or today's. */
export const namesFor = (view: RegionView, code: string, day: string): Names | null =>
  view === 'today' ? namesToday(code) : namesOn(code, day)

/** The codes of the akimats that there were on a day, in order. */
export const codesOn = (day: string): readonly string[] => {
  const codes = new Set(akimats.map(({ code }) => code))
  return [...codes].filter((code) => akimatOn(code, day) !== undefined)
}
