import { AppError } from '@baqylau/contracts'

/**
 * Where a page of reports ended. Reports are listed by when they were first received, the latest first: that changes
 * neither when a report is amended nor when others arrive, so a walk from page to page sees each report once.
 */
export interface ReportPosition {
  /** Milliseconds since 1970, UTC. */
  readonly receivedMs: number
  readonly reportId: string
  /**
   * Tells two authors of one id apart: a UInt64 in decimal, made of author and id together. A cursor goes into URLs, and so
   * into logs of others, where neither the author nor a mark that is the same on all its reports may be.
   */
  readonly authorMark: string
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const UINT64 = /^\d{1,20}$/
const UINT64_MAX = 2n ** 64n - 1n
const MS_MAX = 8.64e15

/** The position as an opaque word for a URL. */
export const encodeCursor = ({ receivedMs, reportId, authorMark }: ReportPosition): string =>
  Buffer.from(JSON.stringify([receivedMs, reportId, authorMark])).toString('base64url')

const isUint64 = (value: unknown): boolean =>
  typeof value === 'string' && UINT64.test(value) && BigInt(value) <= UINT64_MAX

const isPosition = (value: unknown): value is readonly [number, string, string] => {
  if (!Array.isArray(value) || value.length !== 3) return false
  const [receivedMs, reportId, authorMark] = value as readonly unknown[]
  const inTime = typeof receivedMs === 'number' && Number.isSafeInteger(receivedMs) && receivedMs <= MS_MAX
  return inTime && typeof reportId === 'string' && UUID.test(reportId) && isUint64(authorMark)
}

const parse = (cursor: string): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

/** @throws AppError `invalid_query` when it is no cursor that `encodeCursor` made. */
export const decodeCursor = (cursor: string): ReportPosition => {
  const value = parse(cursor)
  if (!isPosition(value)) {
    throw new AppError(
      'invalid_query',
      'cursor is not one of ours: take it from `next` of the page before.',
      {
        faults: [{ path: '/cursor', message: 'must be `next` of the page before' }],
      },
    )
  }
  const [receivedMs, reportId, authorMark] = value
  return { receivedMs, reportId, authorMark }
}
