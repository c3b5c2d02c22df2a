import { type DeadLetterStep, eventDeadLettered } from '@baqylau/contracts'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DeadLetter, fateOf, foldDeadLetters, formatId, parseId, planReplays } from './dead-letter.ts'

const letter: DeadLetter = {
  step: 'lander',
  topic: 'baqylau.reports',
  partition: 3,
  offset: '41',
  reason: 'event_not_json',
  detail: 'the message is not JSON',
  attempts: 2,
  firstAt: '2026-01-02T00:00:00.000Z',
  lastAt: '2026-01-03T00:00:00.000Z',
  replayed: false,
}

describe('an id', () => {
  it('is read as it is written', () => {
    expect(formatId(letter)).toBe('lander/baqylau.reports/3/41')
    expect(parseId('lander/baqylau.reports/3/41')).toEqual({
      step: 'lander',
      topic: 'baqylau.reports',
      partition: 3,
      offset: '41',
    })
  })

  it.each([
    '',
    'lander',
    'lander/reports/3',
    'intake/reports/3/41',
    'lander/re ports/3/41',
    "lander/x'/3/41",
    'lander/reports/-1/41',
    'lander/reports/3/4.1',
    'lander/reports/3/41/',
  ])('is none: %s', (text) => {
    expect(parseId(text)).toBeUndefined()
  })
})

describe('what the log says of dead letters', () => {
  const eventOf = (step: DeadLetterStep, attempts: number, first: number, last: number) =>
    eventDeadLettered({
      step,
      topic: 'reports',
      partition: 0,
      offset: '7',
      reason: 'row_rejected',
      detail: `at ${last}`,
      attempts,
      firstAt: new Date(first),
      lastAt: new Date(last),
      payload: Buffer.from('x'),
    })

  it('is one letter for each step and message: all tries, since the first, as it failed last; in any order', () => {
    // The second is of before a restart: it knows of no earlier one.
    const events = [
      eventOf('lander', 1, 1000, 1000),
      eventOf('lander', 3, 1000, 4000),
      eventOf('lander', 1, 5000, 5000),
    ]
    const order = fc.shuffledSubarray([...events, ...events], { minLength: 6 })
    fc.assert(
      fc.property(order, (some) => {
        const letters = [...foldDeadLetters([...some, eventOf('dispatcher', 1, 2000, 2000)]).values()]
        expect(letters).toHaveLength(2)
        expect(letters.find(({ step }) => step === 'lander')).toEqual({
          step: 'lander',
          topic: 'reports',
          partition: 0,
          offset: '7',
          reason: 'row_rejected',
          detail: 'at 5000',
          attempts: 3,
          firstAt: new Date(1000).toISOString(),
          lastAt: new Date(5000).toISOString(),
          replayed: false,
        })
      }),
    )
  })
})

describe('planning replays', () => {
  it('makes one replay of two letters of one message, with the most tries and the earliest failure', () => {
    const other: DeadLetter = {
      ...letter,
      step: 'dispatcher',
      attempts: 1,
      firstAt: '2026-01-01T00:00:00.000Z',
    }
    const [replay, ...more] = planReplays([letter, other])
    expect(more).toEqual([])
    expect(replay?.origin).toEqual({
      topic: 'baqylau.reports',
      partition: 3,
      offset: '41',
      attempts: 2,
      firstAt: '2026-01-01T00:00:00.000Z',
    })
    expect(replay?.letters).toEqual([letter, other])
  })

  it('keeps messages in the order in which they came', () => {
    const at = (partition: number, offset: string): DeadLetter => ({ ...letter, partition, offset })
    const planned = planReplays([at(1, '5'), at(0, '100'), at(0, '20')])
    expect(planned.map(({ origin }) => [origin.partition, origin.offset])).toEqual([
      [0, '20'],
      [0, '100'],
      [1, '5'],
    ])
  })
})

it.each([
  ['closed', { ...letter, replayed: true }],
  ['buried_again', { ...letter, attempts: 3 }],
  ['unknown', letter],
  ['unknown', undefined],
] as const)('says of a letter that it is %s', (fate, now) => {
  expect(fateOf(letter, now)).toBe(fate)
})
