import { expect, test } from 'vitest'
import { decodeHistoryCursor, encodeHistoryCursor } from './history-cursor.ts'

const position = {
  version: '18446744073709551615',
  topic: 'baqylau.reports',
  partition: 11,
  offset: '9007199254740993',
}

test('a cursor is read as it was made', () => {
  expect(decodeHistoryCursor(encodeHistoryCursor(position))).toEqual(position)
})

const wrong = (values: unknown): string => Buffer.from(JSON.stringify(values)).toString('base64url')
test.each([
  ['a word', 'hello'],
  ['nothing', ''],
  ['too few values', wrong(['1', 'reports', 0])],
  ['too many values', wrong(['1', 'reports', 0, '1', '2'])],
  ['a version past 64 bits', wrong(['18446744073709551616', 'reports', 0, '1'])],
  ['a negative partition', wrong(['1', 'reports', -1, '1'])],
  ['a partition past 32 bits', wrong(['1', 'reports', 2 ** 32, '1'])],
  ['an offset that is a number', wrong(['1', 'reports', 0, 1])],
  ['a topic that is too long', wrong(['1', 'r'.repeat(250), 0, '1'])],
  ['a topic that is no text', wrong(['1', '\ud800', 0, '1'])],
])('%s is none', (_what, cursor) => {
  expect(() => decodeHistoryCursor(cursor)).toThrow(expect.objectContaining({ code: 'invalid_query' }))
})
