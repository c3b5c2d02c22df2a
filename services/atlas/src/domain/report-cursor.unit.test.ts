import { AppError } from '@baqylau/contracts'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeCursor, encodeCursor } from './report-cursor.ts'

test('a cursor is read back as it was made, and fits into a URL', () => {
  const position = fc.record({
    receivedMs: fc.integer({ min: 0, max: 4e12 }),
    reportId: fc.uuid(),
    authorMark: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
  })
  fc.assert(
    fc.property(position, (each) => {
      const cursor = encodeCursor(each)
      expect(decodeCursor(cursor)).toEqual(each)
      expect(encodeURIComponent(cursor)).toBe(cursor)
    }),
  )
})

const made = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const id = '0106815a-7b4a-7e4d-b6ae-2bd35d135459'

test.each([
  '',
  'made-up',
  made(null),
  made([1, id]),
  made(['1', id, '2']),
  made([1.5, id, '2']),
  made([1, 'no-uuid', '2']),
  made([1, id, 2]),
  made([9e15, id, '2']),
  made([1, id, 'R-107']),
  made([1, id, '18446744073709551616']),
])('%s is refused', (cursor) => {
  expect(() => decodeCursor(cursor)).toThrow(AppError)
})
