import { formatReceipt, makeReceipt, type Report } from '@baqylau/contracts'
import { arbitraryReport } from '@baqylau/contracts/testing'
import * as fc from 'fast-check'
import {
  type ArbitraryBody,
  hostileBytes,
  linesOf,
  oneValue,
  severalReports,
  spoiled,
} from './arbitrary-json.ts'
import { elsewhere, oddHeaders, rawRequest } from './arbitrary-oddities.ts'
import { packed } from './arbitrary-packing.ts'
import type { FuzzRequest, Header, Senders } from './fuzz-request.ts'

/** Few ids, so that reports meet: amendments with their reports, authors with each other, contents at one revision. */
const POOL = Array.from(
  { length: 200 },
  (_, index) => `0190b4c0-7a11-7c3e-9d55-${index.toString(16).padStart(12, '0')}`,
)
const pooledId = fc.constantFrom(...POOL)
const later = fc.oneof(
  { arbitrary: fc.integer({ min: 2, max: 9 }), weight: 9 },
  { arbitrary: fc.constantFrom(65_535, 65_536, 1, 0, -1, 2.5), weight: 1 },
)

const withoutIdentity = ({ reportId: _reportId, revision: _revision, ...report }: Report) => report

/** A report that POST takes: of an id of its own, of one of the pool, or without. */
const first = fc
  .tuple(arbitraryReport, fc.option(fc.oneof(pooledId, fc.uuid()), { nil: undefined }))
  .map(([report, reportId]) =>
    Object.assign(withoutIdentity(report), reportId === undefined ? {} : { reportId }),
  )

const amendment = fc
  .tuple(arbitraryReport, later)
  .map(([report, revision]) => Object.assign(withoutIdentity(report), { revision }))
const retraction = fc.record({
  revision: later,
  reason: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
})

const JSON_TYPE = 'application/json'
const contentType = (usual: string): fc.Arbitrary<readonly Header[]> =>
  fc.oneof(
    { arbitrary: fc.constant([['content-type', usual]] as const), weight: 30 },
    { arbitrary: fc.constant([]), weight: 1 },
    {
      arbitrary: fc
        .constantFrom(
          'text/plain',
          'application/xml',
          'application/x-www-form-urlencoded',
          'multipart/form-data; boundary=x',
          'application/json; charset=utf-16',
          'application/json;',
          'APPLICATION/JSON',
          'application/jsonx',
          'application/x-ndjson',
          ';',
          '/',
          'a'.repeat(5000),
        )
        .map((type) => [['content-type', type]] as const),
      weight: 2,
    },
  )

const authorization = (senders: Senders, usual: 'field' | 'operator'): fc.Arbitrary<readonly Header[]> =>
  fc
    .oneof(
      { arbitrary: fc.constant(`Bearer ${senders.keys[usual]}`), weight: 30 },
      {
        arbitrary: fc.constantFrom(
          `Bearer ${senders.keys.analyst}`,
          'Bearer ',
          'Bearer x',
          'Basic eDp4',
          `bearer ${'x'.repeat(3000)}`,
          '',
        ),
        weight: 1,
      },
    )
    .map((value) => [['authorization', value]])

const submission = (senders: Senders): fc.Arbitrary<FuzzRequest> => {
  const ofType = (type: string, body: ArbitraryBody): fc.Arbitrary<FuzzRequest> =>
    fc
      .record({
        packed: packed(body),
        type: contentType(type),
        odd: oddHeaders,
        role: fc.constantFrom('field', 'field', 'operator'),
      })
      .chain(({ packed: { headers, body: bytes }, type: typed, odd, role }) =>
        authorization(senders, role).map((key) => ({
          method: 'POST',
          path: '/v1/reports',
          headers: [...key, ...typed, ...headers, ...odd],
          body: bytes,
        })),
      )
  return fc.oneof(
    { arbitrary: ofType(JSON_TYPE, oneValue(first)), weight: 10 },
    { arbitrary: ofType(JSON_TYPE, oneValue(spoiled(first))), weight: 6 },
    { arbitrary: ofType(JSON_TYPE, severalReports(first)), weight: 2 },
    { arbitrary: ofType('application/x-ndjson', linesOf(first)), weight: 3 },
    { arbitrary: ofType(JSON_TYPE, hostileBytes), weight: 5 },
    { arbitrary: ofType('application/x-ndjson', hostileBytes), weight: 2 },
  )
}

const receiptOf = (reportId: string, author: string, { receiptKeys }: Senders): string =>
  formatReceipt(makeReceipt(reportId, author, receiptKeys))

/** By whom a change comes: by the author with the receipt, by an operator, or by somebody who may not. */
const claim = (senders: Senders, reportId: string): fc.Arbitrary<readonly Header[]> => {
  const { field, operator } = senders.subjects
  const key = (role: keyof Senders['keys']): Header => ['authorization', `Bearer ${senders.keys[role]}`]
  const receipt = (author: string, of = reportId): Header => [
    'baqylau-receipt',
    receiptOf(of, author, senders),
  ]
  return fc.oneof(
    { arbitrary: fc.constant([key('field'), receipt(field)]), weight: 12 },
    { arbitrary: fc.constant([key('operator'), ['baqylau-author', field] as const]), weight: 4 },
    { arbitrary: fc.constant([key('operator'), ['baqylau-author', operator] as const]), weight: 2 },
    {
      arbitrary: fc.constantFrom<readonly Header[]>(
        [],
        [key('field')],
        [key('field'), ['baqylau-receipt', '0'.repeat(20)]],
        [key('field'), receipt(operator)],
        [key('field'), receipt(field, POOL[0])],
        [key('field'), receipt(field), receipt(field)],
        [key('operator')],
        [key('operator'), receipt(field)],
        [key('operator'), ['baqylau-author', 'a%0Ab']],
        [key('analyst'), receipt(field)],
      ),
      weight: 3,
    },
  )
}

const change = (senders: Senders): fc.Arbitrary<FuzzRequest> => {
  const of = (method: string, body: ArbitraryBody): fc.Arbitrary<FuzzRequest> =>
    fc
      .record({
        reportId: fc.oneof({ arbitrary: pooledId, weight: 9 }, { arbitrary: fc.uuid(), weight: 1 }),
        packed: packed(body),
        type: contentType(JSON_TYPE),
        odd: oddHeaders,
      })
      .chain(({ reportId, packed: { headers, body: bytes }, type, odd }) =>
        claim(senders, reportId).map((by) => ({
          method,
          path: `/v1/reports/${reportId}`,
          headers: [...by, ...type, ...headers, ...odd],
          body: bytes,
        })),
      )
  return fc.oneof(
    { arbitrary: of('PUT', oneValue(amendment)), weight: 6 },
    { arbitrary: of('PUT', oneValue(spoiled(amendment))), weight: 3 },
    { arbitrary: of('PUT', hostileBytes), weight: 2 },
    { arbitrary: of('DELETE', oneValue(retraction)), weight: 4 },
    { arbitrary: of('DELETE', oneValue(spoiled(retraction))), weight: 2 },
    { arbitrary: of('DELETE', hostileBytes), weight: 1 },
  )
}

/** Anything that somebody may send to intake: nearly half of it is taken. */
export const arbitraryRequest = (senders: Senders): fc.Arbitrary<FuzzRequest> =>
  fc.oneof(
    { arbitrary: submission(senders), weight: 60 },
    { arbitrary: change(senders), weight: 35 },
    { arbitrary: elsewhere, weight: 4 },
    { arbitrary: rawRequest(senders), weight: 1 },
  )
