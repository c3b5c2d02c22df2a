import { describe, expect, test } from 'vitest'
import { akimatOn, akimats, codeOn, codesToday } from './akimat.ts'
import { settlements } from './gazetteer.ts'

const codes = [...new Set(akimats.map(({ code }) => code))]
const codesOnDay = (date: string): readonly string[] =>
  codes.filter((code) => akimatOn(code, date) !== undefined)

describe('the register of akimats', () => {
  test('has the 16 akimats of the election of 2005', () => {
    expect(codesOnDay('2005-12-04').map((code) => Number(code.slice(3)))).toEqual([
      11, 15, 19, 23, 27, 31, 35, 39, 43, 47, 55, 59, 61, 63, 71, 75,
    ])
  })

  test('has 17 after the split of 2018, and 20 after those of 2022', () => {
    expect(codesOnDay('2018-06-18')).toHaveLength(16)
    expect(codesOnDay('2018-06-19')).toHaveLength(17)
    expect(codesOnDay('2022-06-07')).toHaveLength(17)
    expect(codesOnDay('2022-06-08')).toHaveLength(20)
  })

  test.each(codes)('%s has neither a gap nor an overlap, and no end', (code) => {
    const periods = akimats.filter((akimat) => akimat.code === code)
    for (const [index, period] of periods.entries()) {
      expect(period.validTo).toBe(periods[index + 1]?.validFrom ?? null)
      expect((period.validFrom ?? '0000') < (period.validTo ?? '9999')).toBe(true)
    }
  })

  test.each([
    ['KZ-61', '2018-06-18', 'Южно-Казахстанская область', 'Оңтүстік Қазақстан облысы'],
    ['KZ-61', '2018-06-19', 'Туркестанская область', 'Түркістан облысы'],
    ['KZ-71', '1998-05-05', 'город Акмола', 'Ақмола қаласы'],
    ['KZ-71', '2005-12-04', 'город Астана', 'Астана қаласы'],
    ['KZ-71', '2019-03-23', 'город Нур-Султан', 'Нұр-Сұлтан қаласы'],
    ['KZ-71', '2022-09-17', 'город Астана', 'Астана қаласы'],
    ['KZ-19', '2005-12-04', 'Алматинская область', 'Алматы облысы'],
  ])('%s on %s was %s', (code, date, nameRu, nameKk) => {
    expect(akimatOn(code, date)).toMatchObject({ nameRu, nameKk })
  })

  test('the seat of KZ-19 left Taldykorgan when that became the seat of KZ-33', () => {
    expect(akimatOn('KZ-19', '2022-06-07')?.seatEn).toBe('Taldykorgan')
    expect(akimatOn('KZ-19', '2022-06-08')?.seatEn).toBe('Konaev')
    expect(akimatOn('KZ-33', '2022-06-08')?.seatEn).toBe('Taldykorgan')
  })

  test('there is no akimat before its first day, nor of an unknown code', () => {
    expect(akimatOn('KZ-79', '2018-06-18')).toBeUndefined()
    expect(akimatOn('KZ-99', '2005-12-04')).toBeUndefined()
  })
})

describe('splits', () => {
  test.each([
    ['KZ-79', '2005-12-04', 'KZ-61'],
    ['KZ-79', '2018-06-19', 'KZ-79'],
    ['KZ-10', '2018-06-19', 'KZ-63'],
    ['KZ-33', '2022-06-07', 'KZ-19'],
    ['KZ-62', '2022-06-08', 'KZ-62'],
    ['KZ-75', '2005-12-04', 'KZ-75'],
  ])('the territory of %s was on %s in %s', (code, date, expected) => {
    expect(codeOn(code, date)).toBe(expected)
  })

  test('a region of 2005 may be in several akimats today, and one named after its split in one', () => {
    expect(codesToday('KZ-63', '2005-12-04')).toEqual(['KZ-63', 'KZ-10'])
    expect(codesToday('KZ-63', '2022-06-08')).toEqual(['KZ-63'])
    expect(codesToday('KZ-55', '2005-12-04')).toEqual(['KZ-55'])
  })
})

describe('the gazetteer', () => {
  test('places every settlement in an akimat of 2005 and in one of today', () => {
    expect(settlements.length).toBeGreaterThan(340)
    for (const { codeBefore, codeToday } of settlements) {
      expect(akimatOn(codeBefore, '2005-12-04')).toBeDefined()
      expect(akimatOn(codeToday, '2024-01-01')).toBeDefined()
      expect(codeOn(codeToday, '2005-12-04')).toBe(codeBefore)
    }
  })

  test('knows every seat by its Kazakh, its Russian and its English name', () => {
    const known = new Set(settlements.flatMap(({ name, names }) => [names, name].flat()))
    const seats = akimats.flatMap(({ seatKk, seatRu, seatEn }) => [seatKk, seatRu, seatEn])
    expect(seats.filter((seat) => !known.has(seat))).toEqual([])
  })
})
