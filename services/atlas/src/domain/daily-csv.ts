import type { AkimatDay } from '@baqylau/contracts'

const COLUMNS: readonly (readonly [string, (line: AkimatDay) => string | number])[] = [
  ['region_code', ({ regionCode }) => regionCode],
  ['name_kk', ({ names }) => names?.kk ?? ''],
  ['name_ru', ({ names }) => names?.ru ?? ''],
  ['name_en', ({ names }) => names?.en ?? ''],
  ['day', ({ day }) => day],
  ['kind', ({ kind }) => kind],
  ['precision', ({ precision }) => precision],
  ['reports', ({ reports }) => reports],
  ['incidents', ({ incidents }) => incidents],
  ['people_detained', ({ peopleDetained }) => peopleDetained],
  ['copies_seized', ({ copiesSeized }) => copiesSeized],
  ['denials', ({ denials }) => denials],
]

/** A spreadsheet takes a cell that begins like this for a formula (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r]/
const NEEDS_QUOTES = /[",\r\n]/

const cellOf = (value: string | number): string => {
  if (typeof value === 'number') return String(value)
  const safe = FORMULA.test(value) ? `'${value}` : value
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** RFC 4180: a header, then one line per akimat, day, kind and precision; each ends with CR LF. */
export const dailyCsv = (days: readonly AkimatDay[]): string => {
  const header = COLUMNS.map(([name]) => name).join(',')
  const lines = days.map((day) => COLUMNS.map(([, valueOf]) => cellOf(valueOf(day))).join(','))
  return [header, ...lines, ''].join('\r\n')
}
