import type { PageLanguage } from './language.ts'

/** Numbers and days as readers of a language write them. */
export interface Formats {
  readonly count: (value: number) => string
  /** Of an ISO day. */
  readonly day: (day: string) => string
  /** Short, for the axis of a drawing. */
  readonly axisDay: (day: string) => string
}

const formatsFor = (language: PageLanguage): Formats => {
  const numbers = new Intl.NumberFormat(language)
  const dates = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' })
  const axis = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', timeZone: 'UTC' })
  return {
    count: (value) => numbers.format(value),
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
