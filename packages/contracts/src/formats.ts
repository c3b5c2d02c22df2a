import { FormatRegistry, Kind, Type, TypeRegistry } from '@sinclair/typebox'

/** Dates outside of these years are refused everywhere: a typing slip (1066, 3000) must not become a fact. */
export const YEAR_MIN = 1990
export const YEAR_MAX = 2100

const CONTROL_IN_LINE = /\p{Cc}/u
const CONTROL_IN_TEXT = /[^\P{Cc}\n\r\t]/u
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i
const SHA256 = /^[0-9a-f]{64}$/

const isDate = (value: string): boolean => {
  const [, year, month, day] = DATE.exec(value) ?? []
  if (year === undefined || month === undefined || day === undefined) return false
  const date = new Date(`${value}T00:00:00Z`)
  const exists = date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day)
  return exists && Number(year) >= YEAR_MIN && Number(year) <= YEAR_MAX
}

const isDateTime = (value: string): boolean => {
  const date = DATE_TIME.exec(value)?.[1]
  return date !== undefined && isDate(date)
}

/** The formats that our schemas name; TypeBox refuses a format that nobody registered. */
FormatRegistry.Set('line', (value) => value.isWellFormed() && !CONTROL_IN_LINE.test(value))
FormatRegistry.Set('text', (value) => value.isWellFormed() && !CONTROL_IN_TEXT.test(value))
FormatRegistry.Set('uuid', (value) => UUID.test(value))
FormatRegistry.Set('sha256', (value) => SHA256.test(value))
FormatRegistry.Set('date', isDate)
FormatRegistry.Set('date-time', isDateTime)
FormatRegistry.Set('date-or-date-time', (value) => isDate(value) || isDateTime(value))

/** What each format asks for, for error messages. */
export const FORMAT_MEANINGS: Readonly<Record<string, string>> = {
  line: 'must be one line of well-formed text, without control characters',
  text: 'must be well-formed text, without control characters',
  uuid: 'must be a UUID',
  sha256: 'must be 64 lower-case hexadecimal digits',
  date: `must be a date like 2005-10-19, between ${YEAR_MIN} and ${YEAR_MAX}`,
  'date-time': `must be a date and time with offset like 2005-10-19T09:30:00+06:00, between ${YEAR_MIN} and ${YEAR_MAX}`,
  'date-or-date-time': `must be a date like 2005-10-19, or a date and time with offset like 2005-10-19T09:30:00+06:00, between ${YEAR_MIN} and ${YEAR_MAX}`,
}

/** One line of text of at most `maxLength` UTF-16 units, not empty. */
export const Line = (maxLength: number) => Type.String({ minLength: 1, maxLength, format: 'line' })
/** Text that may have line breaks, of at most `maxLength` UTF-16 units, not empty. */
export const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength, format: 'text' })
export const Uuid = Type.String({ format: 'uuid', minLength: 36, maxLength: 36 })
export const Sha256 = Type.String({ format: 'sha256', minLength: 64, maxLength: 64 })
export const DateOnly = Type.String({ format: 'date', maxLength: 10 })
export const DateTime = Type.String({ format: 'date-time', maxLength: 40 })
export const DateOrDateTime = Type.String({ format: 'date-or-date-time', maxLength: 40 })
/** A whole number from `minimum` on; no count in a report is larger than this. */
export const Count = (minimum = 0) => Type.Integer({ minimum, maximum: 100_000_000 })

TypeRegistry.Set<{ enum: readonly unknown[] }>('OneOf', (schema, value) => schema.enum.includes(value))

/** A closed list of words: JSON Schema's `enum`, which TypeBox has only as a union of literals. */
export const OneOf = <const Words extends readonly string[]>(words: Words) =>
  Type.Unsafe<Words[number]>({ [Kind]: 'OneOf', type: 'string', enum: [...words] })
