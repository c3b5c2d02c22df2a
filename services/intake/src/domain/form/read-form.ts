import { contentHashOf, type Kind, reportIdFor } from '@baqylau/contracts'
import type { Control } from './control.ts'
import { type Field, fieldsOf, type Section, sectionsOf } from './form-model.ts'
import { localDateTime, TIME_ZONES } from './local-time.ts'

/** What was typed, by the names of the fields. */
export type Typed = URLSearchParams

/** As the same words would be sent otherwise: browsers end lines with CR LF. */
export const typedAt = (typed: Typed, name: string): string =>
  (typed.get(name) ?? '').replaceAll('\r\n', '\n').trim()

const SPACES = /[\s\u00a0\u202f]/gu
const WHOLE = /^-?\d{1,15}$/u
const DECIMAL = /^-?\d{1,15}([.,]\d{1,15})?$/u

/** People group digits by spaces and, here, write a decimal comma. What is no number stays, for the check to refuse. */
const numberOf = (text: string, pattern: RegExp): number | string => {
  const digits = text.replaceAll(SPACES, '')
  return pattern.test(digits) ? Number(digits.replace(',', '.')) : text
}

const yesNo = (text: string): boolean | string => (text === 'yes' ? true : text === 'no' ? false : text)

const valueOfText = (control: Control, text: string): unknown => {
  switch (control.type) {
    case 'whole_number':
      return numberOf(text, WHOLE)
    case 'number':
      return numberOf(text, DECIMAL)
    case 'yes_no':
      return yesNo(text)
    default:
      return text
  }
}

/** The value of a field, or undefined when it was left empty. */
const valueOf = ({ name, control }: Field, typed: Typed): unknown => {
  const texts = typed.getAll(name).filter((text) => text !== '')
  if (control.type === 'tick') return texts.length > 0
  if (control.type === 'choices') return texts.length > 0 ? texts : undefined
  const text = typedAt(typed, name)
  return text === '' ? undefined : valueOfText(control, text)
}

type Entry = readonly [path: readonly string[], value: unknown]

/** `details.order.number` and the like, as nested objects. */
const nest = (entries: readonly Entry[]): Record<string, unknown> => {
  const members = Map.groupBy(entries, ([[first = '']]) => first)
  return Object.fromEntries(
    [...members].map(([name, inside]) => {
      const [only] = inside
      const isValue = only !== undefined && only[0].length === 1
      return [name, isValue ? only[1] : nest(inside.map(([path, value]) => [path.slice(1), value]))]
    }),
  )
}

const TIME = /^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/u

/** Is it a day or a time as a form has them? A day may still be out of bounds, which the check of the report sees. */
export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/u.test(text) && !Number.isNaN(Date.parse(text))
export const isTime = (text: string): boolean => TIME.test(text)

/** When it began: a day alone, or with a time and the offset of its clock. What cannot be read goes on to be refused. */
const beginning = (typed: Typed): string => {
  const date = typedAt(typed, 'occurred.date')
  const time = typedAt(typed, 'occurred.time')
  if (date === '' || time === '') return date
  if (!isDay(date) || !isTime(time)) return `${date} ${time}`
  const zone = TIME_ZONES.find((each) => each === typedAt(typed, 'occurred.zone')) ?? TIME_ZONES[0]
  return localDateTime(date, time.padStart(5, '0').slice(0, 5), zone)
}

const readOccurred = (typed: Typed): object => {
  const from = beginning(typed)
  const hasTime = typedAt(typed, 'occurred.time') !== ''
  const precision = typedAt(typed, 'occurred.precision')
  return {
    ...(from === '' ? {} : { from }),
    precision: precision === '' ? (hasTime ? 'exact' : 'day') : precision,
  }
}

const isFilled = (row: readonly Field[], typed: Typed): boolean =>
  row.some(({ name }) => typedAt(typed, name) !== '')

/** Moves filled rows up over empty ones, so that a row's place is its place in the report too. */
export const closeRows = (kind: Kind, typed: Typed): Typed => {
  const closed = new URLSearchParams(typed)
  for (const section of sectionsOf(kind)) {
    if (section.type !== 'rows') continue
    const filled = section.rows.filter((row) => isFilled(row, typed))
    for (const [index, row] of section.rows.entries()) {
      row.forEach(({ name }, column) =>
        closed.set(name, typed.get(filled[index]?.[column]?.name ?? '') ?? ''),
      )
    }
  }
  return closed
}

const rowsOf = (section: Section & { type: 'rows' }, typed: Typed): Entry => {
  const rows = section.rows.filter((row) => isFilled(row, typed))
  const read = rows.map((row) => nest(entriesOf(row, typed).map(([path, value]) => [path.slice(3), value])))
  return [section.name.split('.'), read.length === 0 ? undefined : read]
}

const entriesOf = (fields: readonly Field[], typed: Typed): readonly Entry[] =>
  fields.map((field): Entry => [field.name.split('.'), valueOf(field, typed)])

/**
 * Reads a form of this kind, with its rows closed, as the report that would otherwise be sent as JSON. Nothing is refused
 * here: the check that every report goes through says what is wrong, and `faultsOnForm` where.
 */
export const readForm = (kind: Kind, typed: Typed): Readonly<Record<string, unknown>> => {
  const sections = sectionsOf(kind)
  const single = fieldsOf(sections.filter(({ type }) => type === 'fields'))
  const plain = single.filter(({ name }) => !name.startsWith('occurred.'))
  const rows = sections.flatMap((section) => (section.type === 'rows' ? [rowsOf(section, typed)] : []))
  const entries = [...entriesOf(plain, typed), ...rows].filter(([, value]) => value !== undefined)
  return {
    kind,
    channel: 'form',
    formVersion: '1',
    occurred: readOccurred(typed),
    place: {},
    details: {},
    ...nest(entries),
  }
}

/**
 * The report of a form, under an id of this form and what is in it. The same form sent again is the same report, also when
 * the answer was lost. Once it was edited it is another one: the first may have landed, and a report has one first revision.
 */
export const reportOfForm = (kind: Kind, typed: Typed, author: string): Readonly<Record<string, unknown>> => {
  const report = readForm(kind, typed)
  const contentHash = contentHashOf(report, new TextEncoder().encode(typedAt(typed, 'formId')))
  return { reportId: reportIdFor(author, contentHash), ...report }
}
