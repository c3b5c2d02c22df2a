import type { PageLanguage } from '@baqylau/service-kit'

/** Numbers and days as readers of a language write them. */
export interface Formats {
  readonly count: (value: number) => string
  /** Rounded to fit into a drawing: 7, 950, 3.3k, 25k, 1.2M. */
  readonly shortCount: (value: number) => string
  /** Of an ISO day. */
  readonly day: (day: string) => string
  /** Short, for the axis of a drawing. */
  readonly axisDay: (day: string) => string
}

const UNITS = [
  { unit: 'M', size: 1_000_000 },
  { unit: 'k', size: 1000 },
] as const

const shortened = (value: number, numbers: Intl.NumberFormat): string => {
  const unit = UNITS.find(({ size }) => value >= size)
  if (unit === undefined) return numbers.format(value)
  const inUnits = value / unit.size
  return `${numbers.format(inUnits < 10 ? Math.round(inUnits * 10) / 10 : Math.round(inUnits))}${unit.unit}`
}

const formatsFor = (language: PageLanguage): Formats => {
  const numbers = new Intl.NumberFormat(language)
  const dates = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' })
  const axis = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', timeZone: 'UTC' })
  return {
    count: (value) => numbers.format(value),
    shortCount: (value) => shortened(value, numbers),
    day: (day) => dates.format(new Date(`${day}T00:00:00Z`)),
    axisDay: (day) => axis.format(new Date(`${day}T00:00:00Z`)),
  }
}

const formats: Readonly<Record<PageLanguage, Formats>> = {
  kk: formatsFor('kk'),
  ru: formatsFor('ru'),
  en: formatsFor('en'),
}

export const formatsIn = (language: PageLanguage): Formats => formats[language]
