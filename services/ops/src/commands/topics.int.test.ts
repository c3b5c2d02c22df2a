import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { readTopicsConfig } from '../config.ts'
import { ensureTopics } from './topics.ts'

const prefix = `ops-topics-${randomUUID()}.`
const config = readTopicsConfig({ ...process.env, KAFKA_TOPIC_PREFIX: prefix, KAFKA_PARTITIONS: '2' })

test('makes every topic of the log once, and then lists them', async () => {
  const names = ['reports', 'enrichments', 'incidents', 'decisions', 'dead-letters'].map(
    (topic) => prefix + topic,
  )
  expect((await ensureTopics(config)).document).toEqual({
    topics: names.map((topic) => ({ topic, created: true, records: 0 })),
  })
  expect((await ensureTopics(config)).document).toEqual({
    topics: names.map((topic) => ({ topic, created: false, records: 0 })),
  })
})

test('says in words that no broker answers', async () => {
  const nowhere = readTopicsConfig({ KAFKA_BROKERS: '127.0.0.1:1' })
  await expect(ensureTopics(nowhere)).rejects.toMatchObject({ name: 'AppError', code: 'log_unavailable' })
})
