import { AppError, compile, ERRORS, type ErrorCode, Problem, ReportsAnswer } from '@baqylau/contracts'
import type { IntakeAccess } from '../config.ts'
import type { BatchLine } from '../domain/report-batches.ts'
import type { IntakeAnswer, LineAnswer, PostReports } from '../ports.ts'

const REQUEST_MS_MAX = 30_000
const LINE_FEED = Buffer.from('\n')
/** What passes: request timeout, too many requests, and whatever a server or a gateway before it says of itself. */
const PASSES = new Set([408, 429, 500, 502, 503, 504])

const answerCheck = compile(ReportsAnswer)
const problemCheck = compile(Problem)

const bodyOf = (lines: readonly BatchLine[]): Uint8Array<ArrayBuffer> =>
  Buffer.concat(lines.flatMap(({ content }) => [content, LINE_FEED]))

const whyNot = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message
}

const readJson = async (response: Response): Promise<unknown> => {
  try {
    return JSON.parse(await response.text())
  } catch {
    return undefined
  }
}

const retryAfterMs = (response: Response): number => {
  const seconds = Number(response.headers.get('retry-after') ?? 0)
  return Number.isFinite(seconds) ? seconds * 1000 : 0
}

const refusal = (url: string, status: number, answer: unknown): AppError => {
  if (!problemCheck.Check(answer))
    return new AppError('invalid_request', `${url} answers ${status}. Is it intake?`)
  const code = answer.code in ERRORS ? (answer.code as ErrorCode) : 'invalid_request'
  return new AppError(code, `Intake says: ${answer.title}. ${answer.detail}`)
}

const lineAnswers = (
  lines: readonly BatchLine[],
  { results }: ReportsAnswer,
): readonly LineAnswer[] | undefined => {
  const answers = results.flatMap((result): readonly LineAnswer[] => {
    const line = lines[result.index]?.number
    if (line === undefined) return []
    if ('problem' in result) return [{ line, problem: result.problem }]
    const { reportId, revision, eventId, receipt } = result
    return [{ line, accepted: { reportId, revision, eventId, receipt } }]
  })
  return new Set(answers.map(({ line }) => line)).size === lines.length ? answers : undefined
}

const understand = async (
  url: string,
  response: Response,
  lines: readonly BatchLine[],
): Promise<IntakeAnswer> => {
  const answer = await readJson(response)
  if (PASSES.has(response.status)) {
    const detail = problemCheck.Check(answer) ? answer.detail : `it answers ${response.status}`
    return { kind: 'busy', why: detail, retryAfterMs: retryAfterMs(response) }
  }
  if (response.status !== 207) throw refusal(url, response.status, answer)
  const answers = answerCheck.Check(answer) ? lineAnswers(lines, answer) : undefined
  if (answers === undefined) throw new AppError('invalid_request', `${url} does not answer like intake.`)
  return { kind: 'answered', answers }
}

/** Posts lines as NDJSON to `/v1/reports`. Network faults, 429 and 5xx mean busy; every other refusal is thrown. */
export const createIntakeClient = ({ url, key }: IntakeAccess): PostReports => {
  const address = `${url}/v1/reports`
  return async (lines) => {
    let response: Response
    try {
      response = await fetch(address, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
        body: bodyOf(lines),
        redirect: 'error',
        signal: AbortSignal.timeout(REQUEST_MS_MAX),
      })
    } catch (error) {
      return { kind: 'busy', why: `no answer from ${url} (${whyNot(error)})`, retryAfterMs: 0 }
    }
    return understand(address, response, lines)
  }
}
