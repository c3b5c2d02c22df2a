import type { TSchema } from '@sinclair/typebox'
import type { TypeCheck } from '@sinclair/typebox/compiler'
import type { Fault } from '../errors.ts'
import { compile, faultsOf } from '../faults.ts'
import { Occurred, Place, type Report, reportSchemas } from './report.ts'
import { KINDS, type Kind } from './vocabulary.ts'

const FAULTS_MAX = 20
const DAY_MS = 24 * 60 * 60 * 1000
/** A reporter's clock may be ahead, and their day may have begun before ours. */
const AHEAD_MS_MAX = DAY_MS

const checks: ReadonlyMap<unknown, TypeCheck<TSchema>> = new Map(
  KINDS.map((kind): [Kind, TypeCheck<TSchema>] => [kind, compile<TSchema>(reportSchemas[kind])]),
)

const checkOccurred = compile(Occurred)
const checkPlace = compile(Place)

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The first instant that a date or date-time may mean: a date alone is taken at the earliest offset on Earth. */
const earliest = (value: string, offset = '+14:00'): number =>
  Date.parse(value.length > 10 ? value : `${value}T00:00:00${offset}`)
const latest = (value: string, offset = '-12:00'): number =>
  Date.parse(value.length > 10 ? value : `${value}T23:59:59.999${offset}`)

/**
 * The offset in which a date beside this value is read. UTC tells nothing of where it was: programs convert to it, and
 * leave dates as they are.
 */
const offsetBeside = (value: string): string | undefined => /[+-](?!00:00)\d\d:\d\d$/.exec(value)?.[0]

const isBefore = (to: string, from: string): boolean => {
  const bothDates = from.length === 10 && to.length === 10
  return bothDates ? from > to : earliest(from, offsetBeside(to)) > latest(to, offsetBeside(from))
}

const faultsOfTime = ({ from, to }: Report['occurred'], now: Date): readonly Fault[] => {
  const faults: Fault[] = []
  const limit = now.getTime() + AHEAD_MS_MAX
  if (earliest(from) > limit) faults.push({ path: '/occurred/from', message: 'lies in the future' })
  if (to !== undefined && isBefore(to, from))
    faults.push({ path: '/occurred/to', message: 'lies before occurred.from' })
  return faults
}

const faultsOfPlace = ({ text, lat, lon }: Report['place']): readonly Fault[] => {
  if (lat !== undefined && lon === undefined)
    return [{ path: '/place/lon', message: 'is missing: lat and lon come together' }]
  if (lon !== undefined && lat === undefined)
    return [{ path: '/place/lat', message: 'is missing: lat and lon come together' }]
  if (text === undefined && lat === undefined) {
    return [{ path: '/place', message: 'needs text, or lat and lon: say where it happened' }]
  }
  return []
}

export type ReportCheck =
  | { readonly ok: true; readonly report: Report }
  | { readonly ok: false; readonly faults: readonly Fault[] }

/** What the schema cannot see. Looked for also where something else is wrong, so that all is told at once. */
const faultsBeyondSchema = (value: Readonly<Record<string, unknown>>, now: Date): readonly Fault[] => {
  const { occurred, place } = value
  return [
    ...(checkOccurred.Check(occurred) ? faultsOfTime(occurred, now) : []),
    ...(checkPlace.Check(place) ? faultsOfPlace(place) : []),
  ]
}

/**
 * Is `value` a report, by form alone? Never looks at history. `now` bounds how far ahead an occurrence may lie (a day).
 * Returns the very same value as a `Report`, or at most 20 faults with their places.
 */
export const checkReport = (value: unknown, now: Date): ReportCheck => {
  if (!isObject(value))
    return { ok: false, faults: [{ path: '/', message: 'must be an object: one report' }] }
  const check = checks.get(value['kind'])
  if (check === undefined)
    return { ok: false, faults: [{ path: '/kind', message: `must be one of: ${KINDS.join(', ')}` }] }
  const beyondSchema = faultsBeyondSchema(value, now)
  if (!hasReportForm(value)) {
    return { ok: false, faults: [...faultsOf(check, value), ...beyondSchema].slice(0, FAULTS_MAX) }
  }
  return beyondSchema.length === 0 ? { ok: true, report: value } : { ok: false, faults: beyondSchema }
}

/** Does `value` have the schema of a report of its kind? For events, which were checked against the clock when received. */
export const hasReportForm = (value: unknown): value is Report =>
  isObject(value) && (checks.get(value['kind'])?.Check(value) ?? false)
