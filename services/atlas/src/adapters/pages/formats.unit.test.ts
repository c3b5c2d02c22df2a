import { expect, test } from 'vitest'
import { formatsIn } from './formats.ts'

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1k'],
  [3250, '3.3k'],
  [25_095, '25k'],
  [1_200_000, '1.2M'],
])('%d fits into a drawing as %s', (count, text) => {
  expect(formatsIn('en').shortCount(count)).toBe(text)
})

test('numbers and days are written as readers of the language write them', () => {
  expect(formatsIn('ru').count(100_241)).toBe('100\u00A0241')
  expect(formatsIn('ru').shortCount(3250)).toBe('3,3k')
  expect(formatsIn('en').day('2005-12-04')).toBe('Dec 4, 2005')
  expect(formatsIn('kk').day('2005-12-04')).toContain('жел')
})
