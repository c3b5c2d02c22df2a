import { ERRORS, PROBLEM_MEDIA_TYPE } from '@baqylau/contracts'
import type { FuzzRequest } from './fuzz-request.ts'
import type { FuzzAnswer } from './send-request.ts'

/** What was sent and answered so far. */
export interface Ledger {
  /** Notes an answer. @throws Error that shows the request when no intake may answer so. */
  readonly note: (wanted: FuzzRequest, answer: FuzzAnswer) => void
  /** The event ids that were acknowledged. */
  readonly accepted: ReadonlySet<string>
  /** How often each status was answered; `none` for a connection that ended without an answer. */
  readonly statuses: ReadonlyMap<string, number>
}

const SHOWN_CHARACTERS_MAX = 600

const show = ({ method, path, headers, body, raw }: FuzzRequest): string =>
  JSON.stringify({
    method,
    path: path.slice(0, SHOWN_CHARACTERS_MAX),
    headers: headers.map(([name, value]) => `${name}: ${value.slice(0, 100)}`),
    body: (raw ?? body).subarray(0, SHOWN_CHARACTERS_MAX).toString('latin1'),
    bytes: (raw ?? body).byteLength,
  })

interface Acknowledged {
  readonly eventId: string
}

const isAcknowledged = (value: unknown): value is Acknowledged =>
  typeof value === 'object' && value !== null && 'eventId' in value && typeof value.eventId === 'string'

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

const acknowledgedIn = ({ status, body }: FuzzAnswer): readonly string[] => {
  if (status !== 202 && status !== 207) return []
  const value = parse(body) as { readonly results?: readonly unknown[] } | undefined
  return (status === 202 ? [value] : (value?.results ?? []))
    .filter(isAcknowledged)
    .map(({ eventId }) => eventId)
}

const CODES = new Set(Object.keys(ERRORS))

/** A refusal under /v1 that went through a client is a problem with a code of the table. */
const isProblem = ({ mediaType, body }: FuzzAnswer): boolean => {
  const problem = parse(body) as { readonly code?: unknown } | undefined
  return mediaType === PROBLEM_MEDIA_TYPE && typeof problem?.code === 'string' && CODES.has(problem.code)
}

const faultOf = (wanted: FuzzRequest, answer: FuzzAnswer): string | undefined => {
  const { status } = answer
  if (status === undefined)
    return wanted.raw === undefined ? 'the connection ended without an answer' : undefined
  if (status >= 500) return `it was answered with ${status}`
  if (status === 202 && acknowledgedIn(answer).length === 0) return 'it was accepted without an event id'
  const isOfApi = wanted.path.startsWith('/v1/') && wanted.method !== 'HEAD'
  return isOfApi && status >= 400 && !isProblem(answer) ? `its ${status} is no problem of ours` : undefined
}

export const openLedger = (): Ledger => {
  const accepted = new Set<string>()
  const statuses = new Map<string, number>()
  return {
    note: (wanted, answer) => {
      const name = String(answer.status ?? 'none')
      statuses.set(name, (statuses.get(name) ?? 0) + 1)
      for (const eventId of acknowledgedIn(answer)) accepted.add(eventId)
      const fault = faultOf(wanted, answer)
      if (fault !== undefined)
        throw new Error(`${fault}: ${show(wanted)} → ${answer.body.slice(0, SHOWN_CHARACTERS_MAX)}`)
    },
    accepted,
    statuses,
  }
}
