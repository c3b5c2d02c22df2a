import { AppError, ARRAY_REPORTS_MAX, NDJSON_REPORTS_MAX } from '@baqylau/contracts'

/** What stands at the place of one report in a body: a JSON value that is yet to be checked, or none. */
export type Item =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: AppError }

export type Body =
  | { readonly shape: 'one'; readonly value: unknown }
  | { readonly shape: 'several'; readonly items: readonly Item[] }

/** Refuses what is not UTF-8, rather than to put U+FFFD in its place. A byte order mark is skipped. */
const utf8 = new TextDecoder('utf-8', { fatal: true })
const NEWLINE = 0x0a

/** `JSON.parse` makes own members of `__proto__` and the like, which the schemas then refuse as unknown fields. */
const parse = (bytes: Uint8Array): unknown => JSON.parse(utf8.decode(bytes))

const notJson = (what: string, cause: unknown): AppError =>
  new AppError('not_json', `${what} cannot be read as JSON in UTF-8.`, { cause })

const tooMany = (max: number, shape: string): AppError =>
  new AppError('too_many_reports', `${shape} takes up to ${max} reports. Split it.`)

const noReports = (): AppError => new AppError('no_reports', 'Send at least one report.')

/** Reads an `application/json` body as one value. @throws AppError `not_json`. */
export const readJsonValue = (bytes: Uint8Array): unknown => {
  try {
    return parse(bytes)
  } catch (cause) {
    throw notJson('The body', cause)
  }
}

/**
 * Reads an `application/json` body: one report, or an array of up to 500.
 * @throws AppError `not_json`, `no_reports`, `too_many_reports`.
 */
export const readJsonBody = (bytes: Uint8Array): Body => {
  const value = readJsonValue(bytes)
  if (!Array.isArray(value)) return { shape: 'one', value }
  if (value.length === 0) throw noReports()
  if (value.length > ARRAY_REPORTS_MAX) throw tooMany(ARRAY_REPORTS_MAX, 'An array')
  return { shape: 'several', items: value.map((each: unknown) => ({ ok: true, value: each })) }
}

const isBlank = (line: Uint8Array): boolean =>
  line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)

/** The lines that are not blank, at most one more than may be: a newline's byte is never part of another character. */
const linesOf = (bytes: Uint8Array): readonly Uint8Array[] => {
  const lines: Uint8Array[] = []
  let start = 0
  while (start < bytes.length && lines.length <= NDJSON_REPORTS_MAX) {
    const found = bytes.indexOf(NEWLINE, start)
    const end = found === -1 ? bytes.length : found
    const line = bytes.subarray(start, end)
    if (!isBlank(line)) lines.push(line)
    start = end + 1
  }
  return lines
}

const readLine = (line: Uint8Array): Item => {
  try {
    return { ok: true, value: parse(line) }
  } catch (cause) {
    return { ok: false, error: notJson('The line', cause) }
  }
}

/**
 * Reads an `application/x-ndjson` body: up to 5,000 lines, one report each; blank ones are skipped and not counted. A line
 * that is not JSON is that item's fault alone.
 * @throws AppError `no_reports`, `too_many_reports`.
 */
export const readNdjsonBody = (bytes: Uint8Array): Body => {
  const lines = linesOf(bytes)
  if (lines.length === 0) throw noReports()
  if (lines.length > NDJSON_REPORTS_MAX) throw tooMany(NDJSON_REPORTS_MAX, 'NDJSON')
  return { shape: 'several', items: lines.map(readLine) }
}
