import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arbitraryReport } from '../testing/arbitrary-report.ts'
import {
  amended,
  AUTHOR,
  CONTENT_HASH,
  enrichedFrom,
  enrichment,
  failedFrom,
  REPORT_ID,
  retracted,
  submitted,
} from '../testing/example-events.ts'
import { eventDeadLettered, reportEnriched } from './make-events.ts'
import { readDeadLetter, readReportEvent } from './read-event.ts'
import { reportSubmitted } from './sender-events.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)
const encode = (value: unknown): Uint8Array => bytes(JSON.stringify(value))
const brokenUtf8 = (event: Uint8Array): Uint8Array => {
  const broken = Buffer.from(event)
  broken[broken.indexOf('R-107')] = 0xff
  return broken
}
const refusalOf = (value: unknown) => {
  const reading = readReportEvent(encode(value))
  return reading.ok ? undefined : { code: reading.code, detail: reading.detail }
}
const enriched = enrichedFrom(submitted, 7)
const withData = (event: { readonly data: object }, members: object): object => ({
  ...event,
  data: { ...event.data, ...members },
})
const lettered = eventDeadLettered({
  step: 'lander',
  topic: 'baqylau.reports',
  partition: 3,
  offset: '41',
  reason: 'event_invalid',
  detail: '/data is missing',
  attempts: 1,
  firstAt: new Date('2005-10-19T08:05:00Z'),
  lastAt: new Date('2005-10-19T08:05:00Z'),
  payload: bytes('{}'),
})

describe('an event is read', () => {
  test.each([
    ['submitted', submitted],
    ['amended', amended],
    ['retracted', retracted],
    ['enriched', enriched],
    ['enriched, when that failed', failedFrom(submitted, 7)],
  ])('that says %s', (_what, event) => {
    expect(readReportEvent(encode(event))).toEqual({ ok: true, event })
  })

  test('with extension attributes that we do not know', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const traced = { ...submitted, traceparent, sampled: true, sequence: 7, dataschema: null }
    expect(readReportEvent(encode(traced))).toEqual({ ok: true, event: traced })
  })

  test('of before the keys were noted', () => {
    const { keyid: _keyid, ...old } = submitted
    expect(readReportEvent(encode(old))).toEqual({ ok: true, event: old })
  })

  test('out of the middle of a larger buffer', () => {
    const event = encode(submitted)
    const fetched = Buffer.concat([bytes('xx'), event, bytes('yy')])
    expect(readReportEvent(fetched.subarray(2, 2 + event.byteLength)).ok).toBe(true)
  })

  test('of any report that intake accepts, stated and enriched', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        const stated = reportSubmitted({
          report,
          reportId: REPORT_ID,
          author: AUTHOR,
          contentHash: CONTENT_HASH,
          receiptHash: 'b'.repeat(64),
          receivedAt: new Date('2006-01-15T12:00:00Z'),
        })
        const outcome = { enrichment, failure: null, narrativeRedacted: report.narrative }
        for (const event of [stated, reportEnriched(stated, outcome, 7)])
          expect(readReportEvent(encode(event))).toEqual({ ok: true, event })
      }),
    )
  })
})

describe('a message that is not JSON is refused:', () => {
  test.each([
    ['nothing at all', null],
    ['an empty one', bytes('')],
    ['text', bytes('hello')],
    ['half an event', encode(submitted).subarray(0, 100)],
    ['two events', bytes(`${JSON.stringify(submitted)}\n${JSON.stringify(submitted)}`)],
    ['a byte order mark before it', bytes(`\uFEFF${JSON.stringify(submitted)}`)],
    ['UTF-8 that is broken within a value', brokenUtf8(encode(submitted))],
  ])('%s', (_what, value) => {
    expect(readReportEvent(value)).toMatchObject({ ok: false, code: 'event_not_json' })
  })
})

describe('JSON that is no event is refused:', () => {
  test.each([
    ['null', null],
    ['a number', 42],
    ['text', 'submitted'],
    ['an array', [submitted]],
    ['an empty object', {}],
    ['a type that is no text', { ...submitted, type: 1 }],
    ['a type from the prototype', JSON.parse('{"__proto__":{"type":"kz.baqylau.report.submitted.v1"}}')],
  ])('%s', (_what, value) => {
    expect(refusalOf(value)?.code).toBe('event_invalid')
  })
})

describe('a type is refused', () => {
  test.each([
    'com.example.thing.v1',
    'kz.baqylau.report.imagined.v1',
    'kz.baqylau.report.submitted',
    'kz.baqylau.report.submitted.v0',
    'kz.baqylau.report.submitted.v1 ',
    'constructor',
    '',
  ])('that nobody knows: %j', (type) => {
    expect(refusalOf({ ...submitted, type })?.code).toBe('event_type_unknown')
  })

  test('of another topic', () => {
    expect(refusalOf(lettered)?.code).toBe('event_type_unknown')
    expect(readDeadLetter(encode(submitted))).toMatchObject({ ok: false, code: 'event_type_unknown' })
  })

  test.each(['submitted', 'amended', 'retracted', 'enriched'])('of a later version: %s', (name) => {
    expect(refusalOf({ ...submitted, type: `kz.baqylau.report.${name}.v2` })).toEqual({
      code: 'event_version_unsupported',
      detail: `kz.baqylau.report.${name} is read up to version 1, and this is version 2: upgrade this service first`,
    })
  })
})

describe('an event of a known type is refused', () => {
  const open = submitted.data.report
  const { personal } = submitted.data
  test.each([
    ['with no data', { ...submitted, data: undefined }, '/data'],
    ['of another CloudEvents version', { ...submitted, specversion: '0.3' }, '/specversion'],
    ['whose id is no UUID', { ...submitted, id: '1' }, '/id'],
    ['of revision 0', { ...submitted, revision: 0 }, '/revision'],
    ['of a revision past 16 bits', { ...submitted, revision: 65_536 }, '/revision'],
    ['whose hash is too short', { ...submitted, contenthash: 'abc' }, '/contenthash'],
    ['whose key has no id', { ...submitted, keyid: '' }, '/keyid'],
    ['of a year that cannot be', { ...submitted, time: '1066-10-14T00:00:00Z' }, '/time'],
    ['sealed in an unknown way', withData(submitted, { sealing: 'rot13' }), '/data/sealing'],
    ['with an unknown member of its data', withData(submitted, { colour: 'red' }), '/data/colour'],
    [
      'with an unknown personal member',
      withData(submitted, { personal: { name: 'x' } }),
      '/data/personal/name',
    ],
    [
      'redacted before it was enriched',
      withData(submitted, { personal: { ...personal, narrativeRedacted: 'x' } }),
      '/data/personal/narrativeRedacted',
    ],
    ['of an unknown kind', withData(submitted, { report: { ...open, kind: 'jaywalking' } }), '/data/report'],
    [
      'with an unknown field of the report',
      withData(submitted, { report: { ...open, colour: 'red' } }),
      '/data/report',
    ],
    [
      'without the detail of its kind',
      withData(submitted, { report: { ...open, details: {} } }),
      '/data/report',
    ],
    ['without a place', withData(submitted, { personal: {} }), '/data/report'],
    ['retracted without a reason', withData(retracted, { personal: {} }), '/data/personal/reason'],
    ['enriched by a version past 14 bits', { ...enriched, enrichmentversion: 16_384 }, '/enrichmentversion'],
    [
      'enriched with a confidence of 2',
      withData(enriched, { enrichment: { ...enrichment, akimat: { ...enrichment.akimat, confidence: 2 } } }),
      '/data/enrichment',
    ],
    [
      'with both an enrichment and a failure',
      withData(enriched, { failure: { step: 'akimat', detail: 'x' } }),
      '/data',
    ],
    ['with neither an enrichment nor a failure', withData(enriched, { enrichment: null }), '/data'],
  ])('%s', (_what, event, path) => {
    const refusal = refusalOf(event)
    expect(refusal?.code).toBe('event_invalid')
    expect(refusal?.detail.split(' ')[0]).toBe(path)
  })

  test.each([
    ['a lone surrogate', '"\\ud800"'],
    ['a number past all bounds', '1e400'],
    ['an integer past 32 bits', '123456789012345678901234567890'],
    ['an array a thousand deep', '['.repeat(1100) + ']'.repeat(1100)],
    ['an object', '{}'],
    ['text without end', `"${'x'.repeat(100_000)}"`],
  ])('with an extension attribute that CloudEvents does not know: %s', (_what, json) => {
    const event = bytes(JSON.stringify(submitted).replace('{', `{"extension":${json},`))
    expect(readReportEvent(event)).toMatchObject({ ok: false, code: 'event_invalid' })
  })

  test('in words that do not repeat it', () => {
    const secret = 'Айгуль-тел-7000001122'
    const refusals = [
      refusalOf({ ...submitted, id: secret, author: `${secret}\0`, source: [secret] }),
      refusalOf(withData(submitted, { report: { ...open, kind: secret } })),
      refusalOf({ ...submitted, type: secret }),
    ]
    expect(refusals.map((refusal) => refusal?.detail.includes('7000001122'))).toEqual([false, false, false])
  })
})

describe('a dead letter', () => {
  test('is read as it was written', () => {
    expect(readDeadLetter(encode(lettered))).toEqual({ ok: true, event: lettered })
  })

  test('of a later version is refused as such', () => {
    const later = { ...lettered, type: 'kz.baqylau.event.dead-lettered.v2' }
    expect(readDeadLetter(encode(later))).toMatchObject({ ok: false, code: 'event_version_unsupported' })
  })
})
