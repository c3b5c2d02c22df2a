import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type Found, judge, type SentEvent, sentEvents, winnerOf } from './judgement.ts'
import { createLedger } from './ledger.ts'
import { type Naming, type Story, storyOf } from './story.ts'

const naming: Naming = {
  subjects: { first: 'first', second: 'second' },
  contentHashKey: randomBytes(32),
}

const storyWhere = (fits: (story: Story) => boolean): Story => {
  for (let index = 0; index < 1000; index += 1) {
    const story = storyOf(7, index, naming)
    if (fits(story)) return story
  }
  throw new Error('no such story')
}
const verbs = (story: Story): string => story.messages.map(({ verb }) => verb).join(' ')
const isByOneAuthor = (story: Story): boolean => story.messages.every(({ author }) => author === 'first')

const plain = storyWhere((story) => verbs(story) === 'POST')
const amended = storyWhere((story) => verbs(story) === 'POST PUT PUT')
const retracted = storyWhere((story) => verbs(story) === 'POST DELETE')
const conflicting = storyWhere(
  (story) => verbs(story) === 'POST POST' && isByOneAuthor(story) && story.messages[0] !== story.messages[1],
)

const acknowledged = (story: Story): readonly SentEvent[] =>
  sentEvents(story, 'first', () => 'acknowledged', naming)

/** ClickHouse's answer when everything went well, with what a test wants otherwise. */
const foundFor = (
  sent: readonly SentEvent[],
  row: Partial<Found['rows'][number]> = {},
  conflicts = false,
): Found => {
  const events = sent.map(({ revision, retracted: isRetracted, contentHash }) => ({
    revision,
    retracted: isRetracted,
    content_hash: contentHash,
  }))
  const winner = winnerOf(sent, { rows: [], events })
  return {
    events,
    rows:
      winner === undefined || winner.retracted
        ? []
        : [
            {
              revision: winner.revision,
              content_hash: winner.contentHash,
              stage: 'enriched',
              region_code: winner.regionCode,
              contested: false,
              conflicting: conflicts,
              ...row,
            },
          ],
  }
}
const kindsOf = (sent: readonly SentEvent[], found: Found): readonly string[] =>
  judge(sent, found, false).map(({ kind }) => kind)

describe('the judgement of one report', () => {
  it('has nothing against what is as it was sent', () => {
    for (const story of [plain, amended, retracted]) {
      expect(kindsOf(acknowledged(story), foundFor(acknowledged(story)))).toEqual([])
    }
    expect(kindsOf(acknowledged(conflicting), foundFor(acknowledged(conflicting), {}, true))).toEqual([])
  })

  it('misses what was acknowledged, even where something later stands', () => {
    const sent = acknowledged(amended)
    const found = foundFor(sent)
    expect(kindsOf(sent, { ...found, events: found.events.slice(1) })).toEqual(['lost'])
    expect(kindsOf(acknowledged(plain), { rows: [], events: [] })).toEqual(['lost'])
  })

  it('misses a row, and an enrichment', () => {
    const sent = acknowledged(plain)
    expect(kindsOf(sent, { ...foundFor(sent), rows: [] })).toEqual(['lost'])
    expect(kindsOf(sent, foundFor(sent, { stage: 'submitted' }))).toEqual(['lost'])
  })

  it('minds neither that something unacknowledged landed, nor that it did not', () => {
    const sent = sentEvents(plain, 'first', () => 'sent', naming)
    expect(kindsOf(sent, foundFor(sent))).toEqual([])
    expect(kindsOf(sent, { rows: [], events: [] })).toEqual([])
  })

  it('sees a second row', () => {
    const sent = acknowledged(plain)
    const found = foundFor(sent)
    expect(kindsOf(sent, { ...found, rows: [...found.rows, ...found.rows] })).toEqual(['doubled'])
  })

  it('sees that something else stands than what won', () => {
    const sent = acknowledged(amended)
    expect(kindsOf(sent, foundFor(sent, { revision: 2 }))).toEqual(['differing'])
    expect(kindsOf(sent, foundFor(sent, { region_code: 'KZ-00' }))).toEqual(['differing'])
    expect(kindsOf(sent, foundFor(sent, { contested: true }))).toEqual(['differing'])
  })

  it('sees what stands though it was retracted, and what nobody sent', () => {
    const sent = acknowledged(retracted)
    const { rows } = foundFor(acknowledged(plain))
    expect(kindsOf(sent, { ...foundFor(sent), rows })).toEqual(['differing'])
    const events = [{ revision: 9, retracted: false, content_hash: 'f'.repeat(64) }]
    expect(kindsOf([], { rows: [], events })).toEqual(['differing'])
  })
})

it('remembers that a message was acknowledged, whatever becomes of a copy', () => {
  const ledger = createLedger(2)
  expect(ledger.fateOf(1, 2)).toBe('unsent')
  ledger.note(1, 2, 'acknowledged')
  ledger.note(1, 2, 'sent')
  expect([ledger.fateOf(1, 2), ledger.fateOf(1, 1), ledger.fateOf(0, 2)]).toEqual([
    'acknowledged',
    'unsent',
    'unsent',
  ])
})

it('tells the same stories again, and every plot among them', () => {
  const stories = Array.from({ length: 500 }, (_, index) => storyOf(7, index, naming))
  expect(stories).toEqual(Array.from({ length: 500 }, (_, index) => storyOf(7, index, naming)))
  expect(new Set(stories.map(({ reportId }) => reportId)).size).toBe(500)
  expect(new Set(stories.map(verbs))).toEqual(
    new Set(['POST', 'POST POST', 'POST PUT PUT', 'POST DELETE', 'POST DELETE PUT', 'DELETE POST']),
  )
})
