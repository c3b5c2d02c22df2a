import { describe, expect, test } from 'vitest'
import { EVENT_TYPES } from './events/report-events.ts'
import { contentHashOf, eventIdOf, receiptHashOf, reportIdFor } from './identity.ts'

// The expected values were worked out apart from this code, with Python's hmac, hashlib and uuid, from the RFC 8785 form
// written by hand:
// {"details":{"outlet":"Свобода слова"},"kind":"press_seizure","occurred":{"from":"2005-10-19","precision":"day"},
// "place":{"lat":43.25,"lon":100,"text":"Алматы"}} (without the line break).
const key = Uint8Array.from({ length: 32 }, (_, index) => index)
const CONTENT_HASH = '051ccf32acdc1eb011294df47b4cca50f01ec49dee46bf61d947ce46ef9082fa'
const REPORT_ID = '0190b4c0-7a11-7c3e-9d55-0242ac120002'

const hashOfJson = (json: string, hmacKey = key): string =>
  contentHashOf(JSON.parse(json) as Readonly<Record<string, unknown>>, hmacKey)

const AS_SENT = `{"kind":"press_seizure","occurred":{"from":"2005-10-19","precision":"day"},
  "place":{"text":"Алматы","lat":43.25,"lon":100},"details":{"outlet":"Свобода слова"}}`

describe('the content hash', () => {
  test('is this HMAC-SHA-256 of the canonical body', () => {
    expect(hashOfJson(AS_SENT)).toBe(CONTENT_HASH)
  })

  test.each([
    [
      'the order of members',
      `{"details":{"outlet":"Свобода слова"},"place":{"lon":100,"lat":43.25,"text":"Алматы"},
        "occurred":{"precision":"day","from":"2005-10-19"},"kind":"press_seizure"}`,
    ],
    ['the form of numbers', AS_SENT.replace('43.25', '43.250').replace('100', '1.0e2')],
    ['escapes', AS_SENT.replace('Алматы', String.raw`\u0410лматы`)],
    ['white space', AS_SENT.replaceAll(',', ' ,\n')],
    ['the report id', AS_SENT.replace('{', `{"reportId":"${REPORT_ID}",`)],
    ['the revision', AS_SENT.replace('{', '{"revision":2,')],
  ])('does not depend on %s', (_what, json) => {
    expect(json).not.toBe(AS_SENT)
    expect(hashOfJson(json)).toBe(CONTENT_HASH)
  })

  test.each([
    ['a letter', AS_SENT.replace('Алматы', 'алматы')],
    ['a number', AS_SENT.replace('43.25', '43.26')],
    ['a member', AS_SENT.replace('{', '{"synthetic":false,')],
    ['a report id inside of a member', AS_SENT.replace('"lon"', '"reportId":"1","lon"')],
    ['a member named __proto__', AS_SENT.replace('{', '{"__proto__":{},')],
    ['an empty array', AS_SENT.replace('{', '{"legalBasis":[],')],
  ])('depends on %s', (_what, json) => {
    expect(hashOfJson(json)).toMatch(/^[0-9a-f]{64}$/)
    expect(hashOfJson(json)).not.toBe(CONTENT_HASH)
  })

  test('depends on the key, so that nobody without it can confirm a guess', () => {
    expect(hashOfJson(AS_SENT, new Uint8Array(32))).not.toBe(CONTENT_HASH)
  })
})

describe('the id of a report that was sent without one', () => {
  test('comes from the author and the content', () => {
    expect(reportIdFor('reporter-7', CONTENT_HASH)).toBe('af1a64f0-bdcd-5353-b603-335bf1a8be0a')
    expect(reportIdFor('reporter-8', CONTENT_HASH)).toBe('a7d21187-df49-5dd3-b3c2-88a57cc06d59')
  })
})

describe('the id of an event', () => {
  const parts = { reportId: REPORT_ID, author: 'reporter-7', contentHash: CONTENT_HASH }

  test.each([
    ['submitted', 1, undefined, 'd523cb9a-95b1-59c8-892f-89a9da6a5c6c'],
    ['amended', 2, undefined, 'e4a8c097-5455-5bc3-b8df-55ad3b08c15e'],
    ['retracted', 3, undefined, '0ab2d982-0a45-5f9f-bd69-eb44ac2d9457'],
    ['enriched', 1, 7, 'cc449aca-abfc-5d58-942c-9adddd43c989'],
  ] as const)('of one that was %s', (name, revision, enrichmentVersion, id) => {
    const type = EVENT_TYPES[name]
    const version = enrichmentVersion === undefined ? {} : { enrichmentVersion }
    expect(eventIdOf({ ...parts, type, revision, ...version })).toBe(id)
  })

  test('depends on each of its parts', () => {
    const whole = { ...parts, type: EVENT_TYPES.enriched, revision: 1, enrichmentVersion: 7 }
    const ids = [
      whole,
      { ...whole, type: EVENT_TYPES.submitted },
      { ...whole, reportId: '0190b4c0-7a11-7c3e-9d55-0242ac120003' },
      { ...whole, author: 'reporter-8' },
      { ...whole, revision: 2 },
      { ...whole, contentHash: 'f'.repeat(64) },
      { ...whole, enrichmentVersion: 8 },
    ].map(eventIdOf)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

test('a receipt is known by this hash of its plain form', () => {
  expect(receiptHashOf('2KKNKDV51R26RV401SCZ')).toBe(
    '99bcc47e333bd6bdc88a45eb40c8bd4bb8ecf79fe6d246271c5e1dd9f5ae2c39',
  )
})
