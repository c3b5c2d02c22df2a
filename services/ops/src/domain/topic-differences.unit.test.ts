import { expect, test } from 'vitest'
import { topicDifferences } from './topic-differences.ts'

const wanted = {
  topic: 'reports',
  partitions: 12,
  config: { 'retention.ms': '-1', 'cleanup.policy': 'delete' },
}

test('there are none when all that is asked for is so, whatever else is set', () => {
  expect(topicDifferences(wanted, wanted)).toEqual([])
  const more = { partitions: 12, config: { ...wanted.config, 'segment.bytes': '1000' } }
  expect(topicDifferences(wanted, more)).toEqual([])
})

test('each is named with what is and what must be', () => {
  const found = { partitions: 1, config: { 'retention.ms': '604800000' } }
  expect(topicDifferences(wanted, found)).toEqual([
    'partitions: 1 instead of 12',
    'retention.ms: 604800000 instead of -1',
    'cleanup.policy: unknown instead of delete',
  ])
})
