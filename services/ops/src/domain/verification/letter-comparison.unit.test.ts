import { eventDeadLettered, reportRetracted, type ReplayOrigin } from '@baqylau/contracts'
import { describe, expect, test } from 'vitest'
import { letterDigest } from './digests.ts'
import {
  buriedLine,
  closedLines,
  expectedLine,
  type LetterLine,
  openLetterBucket,
} from './letter-comparison.ts'

const AT = { topic: 'reports', partition: 1, offset: '7' }
const buried = (minute: number, attempts: number): LetterLine =>
  buriedLine(
    eventDeadLettered({
      ...AT,
      step: 'lander',
      reason: 'event_not_json',
      detail: `attempt ${attempts}`,
      attempts,
      firstAt: new Date(Date.UTC(2005, 9, 19, 8, minute)),
      lastAt: new Date(Date.UTC(2005, 9, 19, 8, minute)),
      payload: null,
    }),
  )

const row = (changes: Readonly<Record<string, unknown>> = {}): LetterLine => {
  const shown = {
    ...AT,
    step: 'lander',
    attempts: 3,
    first_at: '2005-10-19 08:01:00.000',
    last_at: '2005-10-19 08:09:00.000',
    ...changes,
  }
  return {
    ...AT,
    said: 'row',
    step: 'lander',
    reason: 'event_not_json',
    detail: 'attempt 3',
    digest: letterDigest.of(shown),
    replayed: false,
    ...changes,
  }
}

const foundBy = (dispatched: ReadonlyMap<string, bigint>, ...lines: readonly LetterLine[]) => {
  const bucket = openLetterBucket()
  for (const line of lines) bucket.add(JSON.stringify(line))
  return bucket
    .compare(dispatched)
    .map(({ kind, columns }) => (columns === undefined ? kind : `${kind}: ${columns.join('; ')}`))
}

const found = (...lines: readonly LetterLine[]) => foundBy(new Map(), ...lines)

const origin: ReplayOrigin = { ...AT, attempts: 1, firstAt: '2005-10-19T08:01:00.000Z' }

describe('a dead letter', () => {
  test('is alike when its row tells the last failure, how often it failed, and since when', () => {
    expect(found(buried(1, 1), buried(9, 3), row())).toEqual([])
    expect(found(buried(9, 3), row(), buried(1, 1), buried(9, 3))).toEqual([])
  })

  test('differs, is missing, or is one too many', () => {
    expect(found(buried(1, 1), buried(9, 3), row({ attempts: 2 }))).toEqual([
      'dead_letter_differs: attempts, first_at or last_at',
    ])
    expect(found(buried(1, 1), buried(9, 3), row({ detail: 'attempt 1' }))).toEqual([
      'dead_letter_differs: reason or detail',
    ])
    expect(found(buried(1, 1))).toEqual(['dead_letter_missing'])
    expect(found(row())).toEqual(['dead_letter_extra'])
    expect(found(buried(1, 1), buried(9, 3), row(), row())).toEqual(['dead_letter_extra'])
  })

  test('is closed when what was replayed has landed', () => {
    const retracted = reportRetracted({
      reportId: '0190b4c0-7a11-7c3e-9d55-0242ac120002',
      author: 'heron',
      contentHash: 'c'.repeat(64),
      receiptHash: 'b'.repeat(64),
      receivedAt: new Date('2005-10-19T08:05:00Z'),
      retraction: { revision: 2, reason: 'sent by mistake' },
    })
    const closings = closedLines({ topic: 'reports', origin, isSure: true }, retracted)
    expect(closings.map(({ step }) => step)).toEqual(['lander', 'dispatcher'])
    expect(found(buried(1, 1), buried(9, 3), row({ replayed: true }), ...closings)).toEqual([])
    expect(found(buried(1, 1), buried(9, 3), row(), ...closings)).toEqual(['dead_letter_differs: replayed'])
    const perhaps = closedLines({ topic: 'reports', origin, isSure: false }, retracted)
    expect(found(buried(1, 1), buried(9, 3), row(), ...perhaps)).toEqual([])
    expect(found(buried(1, 1), buried(9, 3), row({ replayed: true }), ...perhaps)).toEqual([])
    expect(found(buried(1, 1), buried(9, 3), row({ replayed: true }))).toEqual([
      'dead_letter_differs: replayed',
    ])
  })

  test('is missing when nobody can read the message, and nobody buried it', () => {
    expect(found(expectedLine('lander', AT, AT))).toEqual(['dead_letter_missing'])
    expect(found(expectedLine('lander', AT, AT), buried(1, 1), buried(9, 3), row())).toEqual([])
    const replayed = { ...AT, offset: '90' }
    expect(found(expectedLine('lander', AT, replayed), buried(1, 1), buried(9, 3), row())).toEqual([])
  })

  test('waits for a dispatcher that has not come to the message', () => {
    const expected = expectedLine('dispatcher', AT, { ...AT, offset: '90' })
    expect(foundBy(new Map([['reports/1', 90n]]), expected)).toEqual([])
    expect(foundBy(new Map([['reports/1', 91n]]), expected)).toEqual(['dead_letter_missing'])
  })
})
