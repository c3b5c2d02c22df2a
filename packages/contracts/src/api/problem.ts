import { type Static, Type } from '@sinclair/typebox'
import { type AppError, ERRORS, type ErrorCode, type Fault } from '../errors.ts'

/** RFC 9457 problem details, with a `code` of the error table and, for bad input, the faults with their places. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String(),
    detail: Type.String(),
    errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
  },
  { title: 'Problem' },
)
export type Problem = Static<typeof Problem>

export const PROBLEM_MEDIA_TYPE = 'application/problem+json'

export const problemOf = (code: ErrorCode, detail: string, faults: readonly Fault[] = []): Problem => ({
  type: `urn:baqylau:problem:${code}`,
  title: ERRORS[code].title,
  status: ERRORS[code].status,
  code,
  detail,
  ...(faults.length > 0 ? { errors: faults.map((fault) => ({ ...fault })) } : {}),
})

export const problemOfError = (error: AppError): Problem => problemOf(error.code, error.message, error.faults)
