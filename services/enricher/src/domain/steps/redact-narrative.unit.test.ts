import { array, assert, constantFrom, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redact, redactNarrative } from './redact-narrative.ts'

describe('what is taken out', () => {
  it.each([
    '+77000000001',
    '+7 700 000 00 01',
    '+7 (700) 000-00-01',
    '+7-700-000-00-01',
    '+7(700)0000001',
    '87000000001',
    '8 700 000 00 01',
    '8-700-000-00-01',
    '8 (700) 000 00 01',
    '8(3272) 62-15-63',
    '8 3272 621563',
    '8\u00A0700\u00A0000\u00A000\u00A001',
    '8 – 701 – 111 – 22 – 33',
    '+7 7172 70 11 22',
    '77011112233',
    '7 701 111 22 33',
    '701 111 22 33',
    '8/701/111-22-33',
    '+7.701.111.22.33',
    '+49 30 901820',
    '+996 312 66 25 53',
  ])('the telephone number %s', (number) => {
    expect(redact(`звоните ${number}, спросить Айгүл`)).toBe('звоните [phone], спросить Айгүл')
    expect(redact(number)).toBe('[phone]')
    expect(redact(`тел.:${number}.`)).toBe('тел.:[phone].')
  })

  it.each([
    'reporter@example.org',
    'a.b+c_d-e%f@sub.example.co.kz',
    'иван@пример.рф',
    'R107@EXAMPLE.ORG',
    'a@b.kz',
  ])('the address %s', (address) => {
    expect(redact(`пишите на ${address}.`)).toBe('пишите на [e-mail].')
    expect(redact(`<${address}>`)).toBe('<[e-mail]>')
  })

  it.each(['830512300123', '000000000000', '830512 300123', '830512-300123', '8305 1230 0123'])(
    'the identity number %s',
    (number) => {
      expect(redact(`ИИН ${number}, записан`)).toBe('ИИН [identity number], записан')
    },
  )

  it.each(['ИИН', 'ЖСН', 'IIN', 'РНН', 'СТН', 'БИН'])(
    'twelve digits after %s, however they are spaced',
    (name) => {
      expect(redact(`${name}: 83 05 12 30 01 23.`)).toBe(`${name}: [identity number].`)
    },
  )

  it('several at once, each by itself', () => {
    expect(redact('8 700 000 00 01, 8 700 000 00 02; a@example.org/b@example.org')).toBe(
      '[phone], [phone]; [e-mail]/[e-mail]',
    )
  })
})

describe('what is left', () => {
  it.each([
    '50 000 экземпляров из 100 000',
    '50,000 of 100,000 copies',
    '50.000 дана',
    'штраф 19 400 тенге (20 МРП)',
    'ущерб 1 250 000 тенге',
    '100 000 000 теңге',
    '19.10.2005',
    '19 октября 2005 года в 09:30',
    '25.10.2005-04.12.2005',
    '8.11.2005, 9.11.2005 и 10.11.2005',
    '7.12.2005 10:30',
    '2005-10-19T09:30:00+06:00',
    'с 8.00 до 20.00',
    '№ 33',
    'Закон № 2464 от 28 сентября 1995 г., ст. 27 п. 5',
    'статья 373 КоАП 2001 года',
    'избирательный участок № 1234, явка 78,5 %, 1 204 из 1 533',
    'Әбдіров: 1204, Байменов: 87, Тұяқбай: 301',
    'на пр. Абая, 8, кв. 12; дом 7/1',
    'в 8 классе 25 человек, в 7 — 30',
    'широта 43.2567, долгота 76.9286',
    'приказ 14-02/1875',
    'страница 87, том 12',
  ])('%s', (text) => {
    expect(redact(text)).toBe(text)
  })
})

it('adds nothing to a report without a narrative', () => {
  const report = {
    kind: 'press_seizure',
    occurred: { from: '2005-10-19', precision: 'day' },
    place: {},
    details: { outlet: 'x' },
  } as const
  expect(redactNarrative.run(report, {})).toEqual({})
  expect(redactNarrative.run({ ...report, narrative: 'a@example.org' }, {})).toEqual({
    narrativeRedacted: '[e-mail]',
  })
})

it('finds nothing more in what it has redacted, and never throws', () => {
  const pieces = constantFrom(
    '8 700 000 00 01',
    'a@b.kz',
    '830512300123',
    '8',
    '7',
    '+',
    ' ',
    '-',
    '0123',
    '@',
    '.',
  )
  assert(
    property(array(pieces, { maxLength: 30 }), string({ unit: 'grapheme', maxLength: 50 }), (some, text) => {
      const once = redact(some.join('') + text)
      expect(redact(once)).toBe(once)
    }),
  )
})

it.each([
  ['one long word', 'а'.repeat(20_000)],
  ['digits', '7'.repeat(20_000)],
  ['spaced digits', '8 '.repeat(10_000)],
  ['dots and letters', 'a.'.repeat(10_000)],
  ['at signs', 'a@'.repeat(10_000)],
  ['brackets', '+7('.repeat(6_666)],
])('is quick on the longest narrative: %s', (_name, text) => {
  const startedAt = performance.now()
  redact(text)
  expect(performance.now() - startedAt).toBeLessThan(500)
})
