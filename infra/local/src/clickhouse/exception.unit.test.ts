import { describe, expect, it } from 'vitest'
import { RequestRefused, httpStatusOf, toException } from './exception.ts'

describe('toException', () => {
  it.each([
    [
      'Query failed: Code: 60. DB::Exception: No such table. (UNKNOWN_TABLE)',
      60,
      'No such table. (UNKNOWN_TABLE)',
    ],
    ['Code: 164. DB::Exception: Code: 164. DB::Exception: Cannot. (READONLY)', 164, 'Cannot. (READONLY)'],
    ['Code: 27. DB::Exception: line\nline (X)', 27, 'line\nline (X)'],
    ['something else', 1001, 'something else (STD_EXCEPTION)'],
  ])('reads %j', (message, code, text) => {
    expect(toException(new Error(message))).toEqual({ code, text })
  })

  it('keeps what this server itself refused', () => {
    expect(toException(new RequestRefused(48, 'No. (NOT_IMPLEMENTED)'))).toEqual({
      code: 48,
      text: 'No. (NOT_IMPLEMENTED)',
    })
  })
})

it.each([
  [60, 404],
  [62, 400],
  [516, 403],
  [229, 413],
  [48, 501],
  [241, 500],
])('code %i has the status %i', (code, status) => {
  expect(httpStatusOf(code)).toBe(status)
})
