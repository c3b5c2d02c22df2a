import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatReceipt, isReceiptOf, makeReceipt, parseReceipt } from './receipt.ts'

const bytesFrom = (first: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, index) => first + index)
const keys = { proof: bytesFrom(0), check: bytesFrom(32) }
const REPORT_ID = '0190b4c0-7a11-7c3e-9d55-0242ac120002'
/** Worked out apart from this code, with Python's hmac. */
const RECEIPT = '2KKNKDV51R26RV401SCZ'
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

describe('a receipt', () => {
  test('is made of the report and its author alone', () => {
    expect(makeReceipt(REPORT_ID, 'reporter-7', keys)).toBe(RECEIPT)
    expect(makeReceipt(REPORT_ID, 'reporter-12', keys)).toBe('PZ5QJ71ZSHVQC560YCES')
    expect(makeReceipt('0190b4c0-7a11-7c3e-9d55-0242ac120003', 'reporter-7', keys)).not.toBe(RECEIPT)
  })

  test('is of its own report and author, and of no other', () => {
    const author = 'reporter-7'
    expect(isReceiptOf(RECEIPT, { reportId: REPORT_ID, author }, keys)).toBe(true)
    expect(isReceiptOf(RECEIPT, { reportId: REPORT_ID, author: 'reporter-12' }, keys)).toBe(false)
    expect(isReceiptOf(RECEIPT, { reportId: REPORT_ID.replace(/2$/, '3'), author }, keys)).toBe(false)
    expect(isReceiptOf('', { reportId: REPORT_ID, author }, keys)).toBe(false)
  })

  test('does not run author and report together', () => {
    expect(makeReceipt('ab', 'c', keys)).not.toBe(makeReceipt('a', 'bc', keys))
  })

  test('is written in four groups of five', () => {
    expect(formatReceipt(RECEIPT)).toBe('2KKNK-DV51R-26RV4-01SCZ')
  })

  test.each([
    ['as it is written', '2KKNK-DV51R-26RV4-01SCZ'],
    ['plain', RECEIPT],
    ['in lower case', '2kknk-dv51r-26rv4-01scz'],
    ['with spaces and tabs', ' 2KKNK DV51R\t26RV4  01SCZ\n'],
    ['with hyphens elsewhere', '2K-KN-KD-V51R26RV401SCZ'],
    ['O for 0', '2KKNK-DV51R-26RV4-O1SCZ'],
    ['I for 1', '2KKNK-DV5IR-26RV4-0iSCZ'],
    ['L for 1', '2KKNK-DV5LR-26RV4-olSCZ'],
  ])('is read when typed %s', (_how, typed) => {
    expect(parseReceipt(typed, keys.check)).toBe(RECEIPT)
  })

  test('with any one character mistyped is refused', () => {
    const mistyped = RECEIPT.split('').flatMap((right, position) =>
      ALPHABET.split('')
        .filter((wrong) => wrong !== right)
        .map((wrong) => RECEIPT.slice(0, position) + wrong + RECEIPT.slice(position + 1)),
    )
    expect(mistyped).toHaveLength(20 * 31)
    expect(mistyped.filter((typed) => parseReceipt(typed, keys.check) !== undefined)).toEqual([])
  })

  test.each([
    ['too short', RECEIPT.slice(1)],
    ['too long', `${RECEIPT}0`],
    ['with a U, which is not in the alphabet', RECEIPT.replace('V', 'U')],
    ['with two characters swapped', '2KKNKDV51R26RV410SCZ'],
    ['empty', ''],
    ['of 100,000 characters', RECEIPT + ' '.repeat(100_000)],
    ['in full-width digits', RECEIPT.replace('2', '２')],
  ])('%s is refused', (_how, typed) => {
    expect(parseReceipt(typed, keys.check)).toBeUndefined()
  })

  test('of another deployment is refused', () => {
    expect(parseReceipt(RECEIPT, bytesFrom(33))).toBeUndefined()
  })

  test('of any report and author is read as it was made', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.string(), (reportId, author) => {
        const receipt = makeReceipt(reportId, author, keys)
        expect(receipt).toMatch(/^[0-9A-HJKMNP-TV-Z]{20}$/)
        expect(parseReceipt(formatReceipt(receipt).toLowerCase(), keys.check)).toBe(receipt)
      }),
    )
  })
})
