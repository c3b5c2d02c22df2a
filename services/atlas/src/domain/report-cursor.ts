import { decodeValues, encodeValues, isUint64 } from './cursor.ts'

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
const MS_MAX = 8.64e15

type Values = readonly [receivedMs: number, reportId: string, authorMark: string]

const isPosition = (values: readonly unknown[]): values is Values => {
  const [receivedMs, reportId, authorMark] = values
  const inTime = typeof receivedMs === 'number' && Number.isSafeInteger(receivedMs) && receivedMs <= MS_MAX
  const isReport = typeof reportId === 'string' && UUID.test(reportId)
  return values.length === 3 && inTime && isReport && isUint64(authorMark)
}

/** The position as an opaque word for a URL. */
export const encodeCursor = ({ receivedMs, reportId, authorMark }: ReportPosition): string =>
  encodeValues([receivedMs, reportId, authorMark] satisfies Values)

/** @throws AppError `invalid_query` when it is no cursor that `encodeCursor` made. */
export const decodeCursor = (cursor: string): ReportPosition => {
  const [receivedMs, reportId, authorMark] = decodeValues(cursor, isPosition)
  return { receivedMs, reportId, authorMark }
}
