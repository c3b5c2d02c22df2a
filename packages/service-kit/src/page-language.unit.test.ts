import { expect, test } from 'vitest'
import { pickLanguage } from './page-language.ts'

test.each([
  ['kk', 'ru', 'kk'],
  [undefined, 'kk-KZ,kk;q=0.9,ru;q=0.8', 'kk'],
  [undefined, 'de;q=1, en;q=0.3, ru;q=0.7', 'ru'],
  ['xx', 'ru', 'ru'],
  [undefined, undefined, 'en'],
  [undefined, 'de', 'en'],
])('%s asked for, %s accepted: %s', (asked, accepted, language) => {
  expect(pickLanguage(asked, accepted)).toBe(language)
})
