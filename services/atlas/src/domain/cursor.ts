import { AppError } from '@baqylau/contracts'

const UINT64 = /^\d{1,20}$/
const UINT64_MAX = 2n ** 64n - 1n

/** A UInt64 in decimal, as ClickHouse takes it. */
export const isUint64 = (value: unknown): boolean =>
  typeof value === 'string' && UINT64.test(value) && BigInt(value) <= UINT64_MAX

/** Where a page ended, as an opaque word for a URL. */
export const encodeValues = (values: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(values)).toString('base64url')

const parse = (cursor: string): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

/** The inverse of `encodeValues`. @throws AppError `invalid_query` when they are not what `isPosition` looks for. */
export const decodeValues = <Position extends readonly unknown[]>(
  cursor: string,
  isPosition: (values: readonly unknown[]) => values is Position,
): Position => {
  const values = parse(cursor)
  if (!Array.isArray(values) || !isPosition(values)) {
    throw new AppError(
      'invalid_query',
      'cursor is not one of ours: take it from `next` of the page before.',
      {
        faults: [{ path: '/cursor', message: 'must be `next` of the page before' }],
      },
    )
  }
  return values
}
