import { AppError, formatReceipt, makeReceipt } from '@baqylau/contracts'
import { describe, expect, it } from 'vitest'
import { decideAuthor } from './authority.ts'

const keys = { proof: new Uint8Array(32).fill(1), check: new Uint8Array(32).fill(2) }
const MINE = '0190b4c0-7a11-7c3e-9d55-0242ac120002'
const OTHER = '0190b4c0-7a11-7c3e-9d55-0242ac120003'
const reporter = { subject: 'reporter-7', actsForOthers: false }
const operator = { subject: 'desk', actsForOthers: true }

const receiptOf = (reportId: string, author: string): string =>
  formatReceipt(makeReceipt(reportId, author, keys))
const decide = (
  speaker: typeof reporter,
  { receipt, author }: { receipt?: string; author?: string },
): string | undefined => {
  const decision = decideAuthor(speaker, { reportId: MINE, receipt, author }, keys)
  return decision instanceof AppError ? decision.code : `for ${decision}`
}

describe('a reporter', () => {
  it.each([
    ['the receipt of the report', { receipt: receiptOf(MINE, 'reporter-7') }, 'for reporter-7'],
    [
      'the receipt as it was typed',
      { receipt: receiptOf(MINE, 'reporter-7').toLowerCase().replaceAll('-', ' ') },
      'for reporter-7',
    ],
    ['its own name too', { receipt: receiptOf(MINE, 'reporter-7'), author: 'reporter-7' }, 'for reporter-7'],
    ['no receipt', {}, 'receipt_missing'],
    ['an empty receipt', { receipt: '' }, 'invalid_receipt'],
    ['a mistyped receipt', { receipt: receiptOf(MINE, 'reporter-7').slice(1) }, 'invalid_receipt'],
    ['a made-up receipt', { receipt: '0'.repeat(20) }, 'invalid_receipt'],
    [
      'the receipt of another report of its own',
      { receipt: receiptOf(OTHER, 'reporter-7') },
      'not_your_report',
    ],
    [
      "another author's receipt of the same report",
      { receipt: receiptOf(MINE, 'reporter-8') },
      'not_your_report',
    ],
    [
      "another author's receipt and name",
      { receipt: receiptOf(MINE, 'reporter-8'), author: 'reporter-8' },
      'forbidden',
    ],
    ["an operator's way", { author: 'reporter-8' }, 'forbidden'],
  ])('with %s', (_what, claim, decision) => {
    expect(decide(reporter, claim)).toBe(decision)
  })
})

describe('an operator', () => {
  it.each([
    ['nothing', {}, 'author_missing'],
    ['its own name', { author: 'desk' }, 'for desk'],
    ['the receipt of its own report', { receipt: receiptOf(MINE, 'desk') }, 'for desk'],
    ['the name of an author', { author: 'reporter-7' }, 'for reporter-7'],
    [
      'the name and the receipt',
      { author: 'reporter-7', receipt: receiptOf(MINE, 'reporter-7') },
      'for reporter-7',
    ],
    ['a name beyond ASCII', { author: encodeURIComponent('аист 100%') }, 'for аист 100%'],
    [
      'a receipt that is not of that author',
      { author: 'reporter-7', receipt: receiptOf(MINE, 'desk') },
      'not_your_report',
    ],
    [
      'a receipt of the author who is not named',
      { receipt: receiptOf(MINE, 'reporter-7') },
      'not_your_report',
    ],
    ['a mistyped receipt', { author: 'reporter-7', receipt: 'x' }, 'invalid_receipt'],
    ['an empty name', { author: '' }, 'invalid_request'],
    ['a name of several lines', { author: 'a%0Ab' }, 'invalid_request'],
    ['a name of 101 letters', { author: 'a'.repeat(101) }, 'invalid_request'],
    ['a percent sign that stands for nothing', { author: '100%' }, 'invalid_request'],
    ['half a letter', { author: '%D0' }, 'invalid_request'],
    ['bytes that are no ASCII', { author: 'Ð°Ð¸ÑÑ' }, 'invalid_request'],
  ])('with %s', (_what, claim, decision) => {
    expect(decide(operator, claim)).toBe(decision)
  })
})
