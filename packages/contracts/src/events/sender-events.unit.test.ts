import { describe, expect, test } from 'vitest'
import {
  amended,
  AUTHOR,
  CONTENT_HASH,
  REPORT_ID,
  retracted,
  seizure,
  submitted,
} from '../testing/example-events.ts'
import { reportAmended, reportRetracted, reportSubmitted } from './sender-events.ts'

const sent = {
  reportId: REPORT_ID,
  author: AUTHOR,
  contentHash: CONTENT_HASH,
  receiptHash: 'b'.repeat(64),
  receivedAt: new Date('2005-10-19T08:05:00Z'),
}
const report = { ...seizure, evidence: [...seizure.evidence] }

describe('a submitted report', () => {
  test('has this envelope', () => {
    const { data: _data, ...envelope } = submitted
    expect(envelope).toEqual({
      specversion: '1.0',
      datacontenttype: 'application/json',
      id: 'd523cb9a-95b1-59c8-892f-89a9da6a5c6c',
      type: 'kz.baqylau.report.submitted.v1',
      source: 'urn:baqylau:intake',
      time: '2005-10-19T08:05:00.000Z',
      subject: REPORT_ID,
      author: AUTHOR,
      revision: 1,
      contenthash: CONTENT_HASH,
      receipthash: 'b'.repeat(64),
      keyid: 'key-7',
    })
  })
})

describe('an amended report', () => {
  test('differs from the submitted one by type, revision and id alone', () => {
    const { type, revision, id } = amended
    expect(amended).toEqual({ ...submitted, type, revision, id })
    expect({ type, revision }).toEqual({ type: 'kz.baqylau.report.amended.v1', revision: 2 })
    expect(id).not.toBe(submitted.id)
  })

  test('is another event at another revision', () => {
    const at = (revision: number) => reportAmended({ ...sent, report, revision }).id
    expect(at(2)).toBe(amended.id)
    expect(at(3)).not.toBe(at(2))
  })
})

describe('a retracted report', () => {
  test('has its reason in the personal part, and nothing else', () => {
    expect(retracted).toMatchObject({ type: 'kz.baqylau.report.retracted.v1', revision: 3, keyid: 'key-7' })
    expect(retracted.data).toEqual({ personal: { reason: 'sent by mistake' }, sealing: 'none' })
  })
})

test.each([
  ['submitted', reportSubmitted({ ...sent, report }), submitted],
  ['amended', reportAmended({ ...sent, report, revision: 2 }), amended],
  [
    'retracted',
    reportRetracted({ ...sent, retraction: { revision: 3, reason: 'sent by mistake' } }),
    retracted,
  ],
])('the key that it is %s with is no part of the event id', (_what, withoutKey, withKey) => {
  expect(withoutKey).not.toHaveProperty('keyid')
  expect(withoutKey.id).toBe(withKey.id)
})
