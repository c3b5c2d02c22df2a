import { STAGES } from '@baqylau/contracts'
import { expect, test } from 'vitest'
import { receiptAnswerOf } from './receipt-status.ts'

const standing = { retracted: false, stage: STAGES.enriched, regionCode: 'KZ-61', day: '2005-11-01' }

test('a report that has not landed is accepted: its receipt is proof that the log has it', () => {
  expect(receiptAnswerOf(undefined)).toEqual({ status: 'accepted', placedIn: null })
})

test('a report is placed under the name that its akimat had on the day', () => {
  const then = receiptAnswerOf(standing).placedIn
  const later = receiptAnswerOf({ ...standing, day: '2019-11-01' }).placedIn
  expect([then?.names.en, later?.names.en]).toEqual(['South Kazakhstan Region', 'Turkistan Region'])
})

test.each([
  [{ stage: STAGES.submitted }, 'landed'],
  [{ stage: STAGES.enrichmentFailed }, 'enrichment_failed'],
  [{ retracted: true }, 'retracted'],
])('%j: %s, and no place', (change, status) => {
  expect(receiptAnswerOf({ ...standing, ...change })).toEqual({ status, placedIn: null })
})
