import { expect, it } from 'vitest'
import { lengthOf, stretchesFrom } from './log-stretch.ts'
import { type RebuildState, whyStartOver, withLanded, withUnlanded } from './rebuild-state.ts'

const ends = [
  { topic: 'b.reports', partition: 0, low: 0n, high: 10n },
  { topic: 'b.reports', partition: 1, low: 4n, high: 4n },
  { topic: 'b.enrichments', partition: 0, low: 2n, high: 5n },
]
const begun: RebuildState = {
  runId: 'run',
  startedAt: '2005-12-04T00:00:00.000Z',
  topicPrefix: 'b.',
  isEnriching: false,
  phase: 'landing',
  positions: {},
  unlanded: [],
  stores: [],
}

it('reads everything at first, then what is behind the positions, and in the end nothing', () => {
  expect(lengthOf(stretchesFrom(ends, begun.positions))).toBe(13)
  const later = withLanded(begun, { topic: 'b.reports', partition: 0 }, 7n)
  expect(stretchesFrom(ends, later.positions)).toEqual([
    { topic: 'b.reports', partition: 0, low: 7n, high: 10n },
    { topic: 'b.enrichments', partition: 0, low: 2n, high: 5n },
  ])
  const all = withLanded(
    withLanded(later, { topic: 'b.reports', partition: 0 }, 10n),
    { topic: 'b.enrichments', partition: 0 },
    5n,
  )
  expect(stretchesFrom(ends, all.positions)).toEqual([])
})

it('goes on with the same log, and starts over with another', () => {
  const later = withLanded(begun, { topic: 'b.reports', partition: 0 }, 7n)
  const wanted = { topicPrefix: 'b.', isEnriching: false }
  expect(whyStartOver(later, wanted, ends)).toBeUndefined()
  expect(whyStartOver(later, { ...wanted, topicPrefix: 'c.' }, ends)).toContain('b.*')
  expect(whyStartOver(later, { ...wanted, isEnriching: true }, ends)).toContain('enriches nothing')
  expect(whyStartOver({ ...later, isEnriching: true }, wanted, ends)).toBeUndefined()
  const beyond = withLanded(later, { topic: 'b.reports', partition: 1 }, 5n)
  expect(whyStartOver(beyond, wanted, ends)).toContain('another log')
})

it('counts a record that gave no row once, though it is read again after an interruption', () => {
  const record = { topic: 'b.reports', partition: 0, offset: '7', code: 'event_not_json' } as const
  const noted = withUnlanded(begun, record)
  expect(withUnlanded(noted, { ...record })).toBe(noted)
  expect(withUnlanded(noted, { ...record, partition: 1 }).unlanded).toHaveLength(2)
})
