import type { TSchema } from '@sinclair/typebox'
import type { TypeCheck } from '@sinclair/typebox/compiler'
import type { ErrorCode, Fault } from '../errors.ts'
import { compile, faultsOf } from '../faults.ts'
import { hasReportForm } from '../report/check-report.ts'
import { isOpenAlone, joinReport } from '../report/personal.ts'
import { DEAD_LETTER_TYPE, EventDeadLettered } from './dead-letter.ts'
import {
  EVENT_TYPES,
  ReportAmended,
  ReportEnriched,
  type ReportEvent,
  ReportRetracted,
  ReportSubmitted,
} from './report-events.ts'

export type EventReading<Event> =
  | { readonly ok: true; readonly event: Event }
  | { readonly ok: false; readonly code: ErrorCode; readonly detail: string }

const refuse = (code: ErrorCode, detail: string) => ({ ok: false, code, detail }) as const

/** A type of ours: its name, and the version of its schema. */
const TYPE = /^(kz\.baqylau\.[a-z.-]+)\.v(\d{1,6})$/

const checks: ReadonlyMap<string, TypeCheck<TSchema>> = new Map<string, TypeCheck<TSchema>>([
  [EVENT_TYPES.submitted, compile(ReportSubmitted)],
  [EVENT_TYPES.amended, compile(ReportAmended)],
  [EVENT_TYPES.retracted, compile(ReportRetracted)],
  [EVENT_TYPES.enriched, compile(ReportEnriched)],
  [DEAD_LETTER_TYPE, compile(EventDeadLettered)],
])
const versionRead = new Map(
  [...checks.keys()].map((type) => [TYPE.exec(type)?.[1], Number(TYPE.exec(type)?.[2])]),
)

const describeFaults = (faults: readonly Fault[]): string =>
  faults
    .slice(0, 3)
    .map(({ path, message }) => `${path} ${message}`)
    .join('; ')

const typeRefusal = (type: string): ReturnType<typeof refuse> => {
  const [, name, version] = TYPE.exec(type) ?? []
  const known = versionRead.get(name)
  if (known !== undefined && Number(version) > known) {
    return refuse(
      'event_version_unsupported',
      `${name} is read up to version ${known}, and this is version ${version}: upgrade this service first`,
    )
  }
  return refuse('event_type_unknown', 'the type of this event is none that is known here')
}

/** JSON is UTF-8 (RFC 8259). A lenient reading would pass bytes on that ClickHouse's parser takes for no JSON at all. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const parse = (value: Uint8Array | null): unknown => {
  if (value === null) return undefined
  try {
    return JSON.parse(utf8.decode(value))
  } catch {
    return undefined
  }
}

const readEvent = (value: Uint8Array | null, types: readonly string[]): EventReading<object> => {
  const json = parse(value)
  if (json === undefined) return refuse('event_not_json', 'the message is not JSON')
  if (typeof json !== 'object' || json === null || !('type' in json) || typeof json.type !== 'string') {
    return refuse('event_invalid', 'the message is JSON, but not an event: it has no type')
  }
  const check = types.includes(json.type) ? checks.get(json.type) : undefined
  if (check === undefined) return typeRefusal(json.type)
  if (!check.Check(json)) return refuse('event_invalid', describeFaults(faultsOf(check, json)))
  return { ok: true, event: json }
}

/**
 * Reads one message of `reports` or `enrichments`. The report in it is checked as intake checks it, clock apart. Details of
 * a refusal name places and rules, never values.
 */
export const readReportEvent = (value: Uint8Array | null): EventReading<ReportEvent> => {
  const reading = readEvent(value, Object.values(EVENT_TYPES))
  if (!reading.ok) return reading
  const event = reading.event as ReportEvent
  if (!hasWholeReport(event)) return refuse('event_invalid', '/data/report is no report of its kind')
  if (event.type !== EVENT_TYPES.retracted && !isOpenAlone(event.data.report)) {
    return refuse('event_invalid', '/data/report holds what belongs into /data/personal')
  }
  if (!hasOneOutcome(event))
    return refuse('event_invalid', '/data must have either an enrichment or a failure')
  return { ok: true, event }
}

const hasOneOutcome = (event: ReportEvent): boolean =>
  event.type !== EVENT_TYPES.enriched || (event.data.enrichment === null) !== (event.data.failure === null)

const hasWholeReport = (event: ReportEvent): boolean => {
  if (event.type === EVENT_TYPES.retracted) return true
  if (event.type !== EVENT_TYPES.enriched)
    return hasReportForm(joinReport(event.data.report, event.data.personal))
  const { narrativeRedacted: _narrativeRedacted, ...personal } = event.data.personal
  return hasReportForm(joinReport(event.data.report, personal))
}

/** Reads one message of `dead-letters`. */
export const readDeadLetter = (value: Uint8Array | null): EventReading<EventDeadLettered> =>
  readEvent(value, [DEAD_LETTER_TYPE]) as EventReading<EventDeadLettered>
