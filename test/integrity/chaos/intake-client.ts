import type { Problem, ReportAccepted, ReportsAnswer } from '@baqylau/contracts'
import type { Message } from './story.ts'

/** A message under way, with the id of its report where the sender gives one. */
export interface Letter {
  readonly message: Message
  readonly sentId: string | undefined
}

/** What the client knows after one attempt. `refused`: intake says that it will never take it. */
export type Attempt =
  | { readonly kind: 'acknowledged'; readonly receipt: string }
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'refused'; readonly code: string }

export interface Credentials {
  readonly key: string
  /** Of the report, from when it was first acknowledged. */
  readonly receipt?: string | undefined
  /** In whose name an operator sends. */
  readonly author?: string | undefined
}

const ANSWER_MS_MAX = 20_000
const UNANSWERED: Attempt = { kind: 'unanswered' }

interface Answer {
  readonly status: number
  readonly body: unknown
}

interface HttpRequest {
  readonly method: string
  readonly path: string
  readonly mediaType: string
  readonly body: string
}

const headersOf = (
  { key, receipt, author }: Credentials,
  mediaType: string,
): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${key}`,
  'content-type': mediaType,
  ...(receipt !== undefined && { 'baqylau-receipt': receipt }),
  ...(author !== undefined && { 'baqylau-author': encodeURIComponent(author) }),
})

/** May intake take it when it is sent again? What broke off, or was too much, may have arrived all the same. */
const mayPass = (status: number): boolean => status === 429 || status >= 500

const refusal = ({ status, body }: Answer): Attempt =>
  mayPass(status)
    ? UNANSWERED
    : { kind: 'refused', code: `${status} ${(body as Partial<Problem>).code ?? 'without a code'}` }

type Result = ReportsAnswer['results'][number]

const attemptOf = (result: Result | undefined): Attempt => {
  if (result === undefined) return { kind: 'refused', code: '207 without a result for the report' }
  if ('receipt' in result) return { kind: 'acknowledged', receipt: result.receipt }
  return refusal({ status: result.status, body: result.problem })
}

const bodyOf = ({ message, sentId }: Letter): Readonly<Record<string, unknown>> =>
  message.verb === 'POST' && sentId !== undefined ? { reportId: sentId, ...message.body } : message.body

const requestOf = (letters: readonly Letter[], asLines: boolean): HttpRequest => {
  const [first] = letters
  if (first !== undefined && letters.length === 1) {
    const { verb } = first.message
    return {
      method: verb,
      path: verb === 'POST' ? '/v1/reports' : `/v1/reports/${first.sentId ?? ''}`,
      mediaType: 'application/json',
      body: JSON.stringify(bodyOf(first)),
    }
  }
  const bodies = letters.map((letter) => JSON.stringify(bodyOf(letter)))
  return {
    method: 'POST',
    path: '/v1/reports',
    mediaType: asLines ? 'application/x-ndjson' : 'application/json',
    body: asLines ? bodies.join('\n') : `[${bodies.join(',')}]`,
  }
}

const ask = async (
  intakeUrl: string,
  request: HttpRequest,
  credentials: Credentials,
): Promise<Answer | undefined> => {
  try {
    const response = await fetch(`${intakeUrl}${request.path}`, {
      method: request.method,
      headers: headersOf(credentials, request.mediaType),
      body: request.body,
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    })
    return { status: response.status, body: await response.json() }
  } catch {
    return undefined
  }
}

/**
 * Sends messages of one author in one request, over real HTTP: one as it is, several POSTs as an array or as NDJSON. Tells of
 * each, in order, whether it was acknowledged.
 */
export const attempt = async (
  intakeUrl: string,
  letters: readonly Letter[],
  credentials: Credentials,
  asLines: boolean,
): Promise<readonly Attempt[]> => {
  const answer = await ask(intakeUrl, requestOf(letters, asLines), credentials)
  if (answer === undefined) return letters.map(() => UNANSWERED)
  const { status, body } = answer
  if (letters.length === 1 && status === 202)
    return [{ kind: 'acknowledged', receipt: (body as ReportAccepted).receipt }]
  if (letters.length > 1 && status === 207)
    return letters.map((_letter, index) => attemptOf((body as ReportsAnswer).results[index]))
  return letters.map(() => refusal(answer))
}
