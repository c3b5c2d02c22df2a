import { AppError } from '@baqylau/contracts'

/**
 * Where a page of reports ended. Reports are listed by when they were first received, the latest first: that changes
 * neither when a report is amended nor when others arrive, so a walk from page to page sees each report once.
 */
export interface ReportPosition {
  /** Milliseconds since 1970, UTC. */
  readonly receivedMs: number
  readonly reportId: string
  readonly author: string
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const MS_MAX = 8.64e15

/** The position as an opaque word for a URL. */
export const encodeCursor = ({ receivedMs, reportId, author }: ReportPosition): string =>
  Buffer.from(JSON.stringify([receivedMs, reportId, author])).toString('base64url')

const isPosition = (value: unknown): value is readonly [number, string, string] => {
  if (!Array.isArray(value) || value.length !== 3) return false
  const [receivedMs, reportId, author] = value as readonly unknown[]
  const inTime = typeof receivedMs === 'number' && Number.isSafeInteger(receivedMs) && receivedMs <= MS_MAX
  return inTime && typeof reportId === 'string' && UUID.test(reportId) && typeof author === 'string'
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
  const [receivedMs, reportId, author] = value
  return { receivedMs, reportId, author }
}
