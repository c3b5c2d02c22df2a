import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeJob, encodeJob } from '../enrich-job.ts'
import { recordGivenUp, recordRefused } from './make-events.ts'
import { readDeadLetter } from './read-event.ts'
import { readReplayOrigin, REPLAY_HEADER, replayHeaders, type ReplayOrigin } from './replay.ts'

const origin: ReplayOrigin = {
  topic: 'baqylau.reports',
  partition: 3,
  offset: '41',
  attempts: 2,
  firstAt: '2005-10-19T08:05:00.000Z',
}
const headerOf = (text: string) => ({ [REPLAY_HEADER]: Buffer.from(text) })
const record = { topic: 'baqylau.reports', partition: 5, offset: '900', value: Buffer.from('{"') }
const now = new Date('2005-10-20T08:00:00Z')
const refusal = { code: 'event_not_json', detail: 'the message is not JSON' } as const

describe('the header of a replayed message', () => {
  test('is read as it was written', () => {
    expect(readReplayOrigin(replayHeaders(origin))).toEqual(origin)
  })

  test('is none when it is absent, or cannot be read', () => {
    expect(readReplayOrigin(undefined)).toBeUndefined()
    expect(readReplayOrigin({ other: Buffer.from('{}') })).toBeUndefined()
    const members = Object.keys(origin) as (keyof ReplayOrigin)[]
    for (const member of members) {
      const { [member]: _without, ...rest } = origin
      expect(readReplayOrigin(headerOf(JSON.stringify(rest)))).toBeUndefined()
    }
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(readReplayOrigin(headerOf(text))).toBeUndefined()
      }),
    )
  })

  test('may get more members later', () => {
    expect(readReplayOrigin(headerOf(JSON.stringify({ ...origin, by: 'x' })))).toMatchObject(origin)
  })
})

describe('a replayed message that is refused again', () => {
  const first = recordRefused('lander', { record: { ...record, ...origin }, ...refusal }, now)
  const replayed = { ...record, headers: replayHeaders(origin) }

  test('is the same dead letter: at its first place, first failed when it first did, with all its attempts', () => {
    const again = recordRefused('lander', { record: replayed, ...refusal }, now)
    expect(again.id).toBe(first.id)
    expect(again.data).toEqual({
      ...first.data,
      attempts: 3,
      firstAt: origin.firstAt,
      lastAt: '2005-10-20T08:00:00.000Z',
    })
    expect(recordGivenUp('enricher', { record: replayed, ...refusal, attempts: 2 }, now).data).toMatchObject({
      offset: '41',
      attempts: 4,
    })
  })

  test('can be read however often it was tried', () => {
    const tired = { ...record, headers: replayHeaders({ ...origin, attempts: 1_000_000 }) }
    const letter = recordRefused('lander', { record: tired, ...refusal }, now)
    expect(readDeadLetter(Buffer.from(JSON.stringify(letter))).ok).toBe(true)
  })

  test('leaves what was made of it, in another topic, a message of its own', () => {
    const made = { ...replayed, topic: 'baqylau.enrichments' }
    expect(recordRefused('lander', { record: made, ...refusal }, now).data).toMatchObject({
      topic: 'baqylau.enrichments',
      partition: 5,
      offset: '900',
      attempts: 1,
      firstAt: '2005-10-20T08:00:00.000Z',
    })
  })
})

test('a job says which of its reports are replayed; one of before there were replays is read all the same', () => {
  const job = {
    topic: 'baqylau.reports',
    partition: 0,
    records: [
      { offset: '1', event: '{}' },
      { offset: '2', event: '{}', replayOf: origin },
    ],
  }
  expect(decodeJob(encodeJob(job))).toEqual(job)
})
