import { AppError } from '@baqylau/contracts'
import { expect, it } from 'vitest'
import { answerSeveral } from './batch-answer.ts'

const accepted = { reportId: 'r', revision: 1, eventId: 'e', receipt: 'x' }
const refused = new AppError('invalid_report', '/kind is missing')
const outage = new AppError('log_unavailable', 'later')

it('answers each report, in order', () => {
  expect(answerSeveral([refused, accepted, outage])).toMatchObject({
    results: [
      { index: 0, status: 400, problem: { code: 'invalid_report' } },
      { index: 1, status: 202, ...accepted },
      { index: 2, status: 503, problem: { code: 'log_unavailable' } },
    ],
  })
})
it('is an outage as a whole when nothing could be written', () => {
  expect(answerSeveral([refused, outage])).toBe(outage)
})
it('is no outage when all of it was refused', () => {
  expect(answerSeveral([refused, refused])).toMatchObject({ results: [{ status: 400 }, { status: 400 }] })
})
