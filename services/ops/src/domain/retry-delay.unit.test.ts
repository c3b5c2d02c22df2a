import { expect, test } from 'vitest'
import { retryDelayMs } from './retry-delay.ts'

test('doubles with every failure, in the upper half, up to fifteen seconds', () => {
  expect([1, 2, 3].map((failures) => retryDelayMs(failures, 1))).toEqual([500, 1000, 2000])
  expect(retryDelayMs(1, 0)).toBe(250)
  expect(retryDelayMs(50, 1)).toBe(15_000)
})

test('is not shorter than what the server asked for, unless that is longer than anybody should wait', () => {
  expect(retryDelayMs(1, 0, 5000)).toBe(5000)
  expect(retryDelayMs(1, 0, 3_600_000)).toBe(15_000)
})
