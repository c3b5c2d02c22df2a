import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { enrichedFrom, enrichment, failedFrom, REPORT_ID, submitted } from '../testing/example-events.ts'
import { DEAD_LETTER_PAYLOAD_BYTES_MAX } from './dead-letter.ts'
import { type DeadLetterParts, eventDeadLettered } from './make-events.ts'
import { readDeadLetter } from './read-event.ts'

describe('an enriched report', () => {
  const event = enrichedFrom(submitted, 7)

  test('carries the whole report, what was added, and when the report was received', () => {
    expect(event).toMatchObject({
      id: 'cc449aca-abfc-5d58-942c-9adddd43c989',
      type: 'kz.baqylau.report.enriched.v1',
      source: 'urn:baqylau:enricher',
      time: submitted.time,
      subject: REPORT_ID,
      enrichmentversion: 7,
    })
    expect(event.data).toEqual({
      report: submitted.data.report,
      personal: { ...submitted.data.personal, narrativeRedacted: 'Видел пачки.' },
      sealing: 'none',
      enrichment,
      failure: null,
    })
  })

  test('was sent by no key', () => {
    expect(event).not.toHaveProperty('keyid')
  })

  test('is the same event for the same version, and another for another', () => {
    expect(enrichedFrom(submitted, 7)).toEqual(event)
    expect(enrichedFrom(submitted, 8).id).not.toBe(event.id)
  })

  test('that failed says why, and carries the whole report all the same', () => {
    const failed = failedFrom(submitted, 7)
    expect(failed.data).toEqual({
      ...submitted.data,
      enrichment: null,
      failure: { step: 'akimat', detail: 'it threw' },
    })
  })
})

describe('a dead letter', () => {
  const parts: DeadLetterParts = {
    step: 'lander',
    topic: 'baqylau.reports',
    partition: 3,
    offset: '41',
    reason: 'event_not_json',
    detail: 'the message is not JSON',
    attempts: 1,
    firstAt: new Date('2005-10-19T08:05:00Z'),
    lastAt: new Date('2005-10-19T08:06:00Z'),
    payload: Buffer.from('{"'),
  }
  const detailOfAnyKind = fc.string({
    unit: fc.constantFrom('a', 'ы', '\0', '\n', '\u0085', '\uD83D', '\uDE00', '😀'),
  })
  const detailOf = (detail: string): string => eventDeadLettered({ ...parts, detail }).data.detail

  test('is this event', () => {
    expect(eventDeadLettered(parts)).toEqual({
      specversion: '1.0',
      datacontenttype: 'application/json',
      id: 'b78b1df8-ce0b-52c4-a2f9-79a1c0b7a50c',
      type: 'kz.baqylau.event.dead-lettered.v1',
      source: 'urn:baqylau:lander',
      time: '2005-10-19T08:06:00.000Z',
      subject: 'baqylau.reports/3/41',
      data: {
        step: 'lander',
        topic: 'baqylau.reports',
        partition: 3,
        offset: '41',
        reason: 'event_not_json',
        detail: 'the message is not JSON',
        attempts: 1,
        firstAt: '2005-10-19T08:05:00.000Z',
        lastAt: '2005-10-19T08:06:00.000Z',
        payload: 'eyI=',
      },
    })
  })

  test('has the id of its step and position alone', () => {
    const again = { ...parts, detail: 'other words', attempts: 2, lastAt: new Date('2005-10-20T00:00:00Z') }
    expect(eventDeadLettered(again).id).toBe(eventDeadLettered(parts).id)
    const others = [
      { ...parts, step: 'enricher' },
      { ...parts, topic: 'baqylau.enrichments' },
      { ...parts, partition: 4 },
      { ...parts, offset: '42' },
    ] as const
    const ids = [parts, ...others].map((letter) => eventDeadLettered(letter).id)
    expect(new Set(ids).size).toBe(5)
  })

  test('carries a payload up to its bound, and none past it', () => {
    const payloadOf = (size: number): string | null =>
      eventDeadLettered({ ...parts, payload: new Uint8Array(size) }).data.payload
    expect(payloadOf(DEAD_LETTER_PAYLOAD_BYTES_MAX)).toHaveLength(1_398_104)
    expect(payloadOf(DEAD_LETTER_PAYLOAD_BYTES_MAX + 1)).toBeNull()
    expect(eventDeadLettered({ ...parts, payload: null }).data.payload).toBeNull()
    expect(payloadOf(0)).toBe('')
  })

  test.each([
    ['of several lines', 'one\r\n\ttwo\0', 'one two '],
    ['that is empty', '', 'no detail'],
    ['with a lone surrogate', 'a\uD83D', 'a\uFFFD'],
    ['that is too long', 'x'.repeat(2000), 'x'.repeat(1000)],
    ['cut within a letter of two units', `${'x'.repeat(999)}😀`, `${'x'.repeat(999)}\uFFFD`],
  ])('has a detail %s as one bounded line', (_what, detail, line) => {
    expect(detailOf(detail)).toBe(line)
  })

  test('can be read again whatever its detail and its payload are', () => {
    fc.assert(
      fc.property(detailOfAnyKind, fc.uint8Array(), (detail, payload) => {
        const event = eventDeadLettered({ ...parts, detail, payload })
        expect(readDeadLetter(Buffer.from(JSON.stringify(event)))).toEqual({ ok: true, event })
        expect(Buffer.from(event.data.payload ?? '', 'base64')).toEqual(Buffer.from(payload))
      }),
    )
  })
})
