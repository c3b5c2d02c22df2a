import { expect, it } from 'vitest'
import { harmless } from './dead-letters-show.ts'

it('spells out what would steer a terminal, and leaves what people write', () => {
  expect(harmless('\u001B]0;title\u0007\r\u009B2J')).toBe(String.raw`\u{1b}]0;title\u{7}\u{d}\u{9b}2J`)
  expect(harmless('\u202Egnp.exe\u2028')).toBe(String.raw`\u{202e}gnp.exe\u{2028}`)
  expect(harmless('Бақылау: {"a":\t1}\n«тест» 🙂')).toBe('Бақылау: {"a":\t1}\n«тест» 🙂')
})
