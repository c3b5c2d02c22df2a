import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { withLogAdmin } from '../adapters/log-admin.ts'
import { readTopicsConfig } from '../config.ts'
import { ensureTopics } from './topics.ts'

const prefix = `ops-topics-${randomUUID()}.`
const config = readTopicsConfig({ ...process.env, KAFKA_TOPIC_PREFIX: prefix, KAFKA_PARTITIONS: '2' })

test('makes every topic of the log once, and then lists them', async () => {
  const names = ['reports', 'enrichments', 'incidents', 'decisions', 'dead-letters'].map(
    (topic) => prefix + topic,
  )
  expect((await ensureTopics(config)).document).toEqual({
    topics: names.map((topic) => ({ topic, created: true, records: 0, differs: [] })),
  })
  const { document, exitCode } = await ensureTopics(config)
  expect(document).toEqual({
    topics: names.map((topic) => ({ topic, created: false, records: 0, differs: [] })),
  })
  expect(exitCode).toBe(0)
})

test('fails on a topic that would lose records, or has other partitions, and says which and how', async () => {
  const careless = readTopicsConfig({
    ...process.env,
    KAFKA_TOPIC_PREFIX: `ops-careless-${randomUUID()}.`,
    KAFKA_PARTITIONS: '2',
  })
  const reports = `${careless.KAFKA_TOPIC_PREFIX}reports`
  await withLogAdmin(careless.KAFKA_BROKERS, (admin) =>
    admin.ensureTopics([
      { topic: reports, partitions: 3, config: { 'retention.ms': '604800000', 'cleanup.policy': 'compact' } },
    ]),
  )
  const { document, text, exitCode } = await ensureTopics(careless)
  expect(exitCode).toBe(1)
  expect(text).toContain('retention.ms: 604800000 instead of -1')
  const { topics } = document as { topics: readonly { topic: string; differs: readonly string[] }[] }
  expect(Object.fromEntries(topics.map(({ topic, differs }) => [topic, differs.length]))).toMatchObject({
    [reports]: 4,
    [`${careless.KAFKA_TOPIC_PREFIX}incidents`]: 0,
  })
})

test('says in words that no broker answers', async () => {
  const nowhere = readTopicsConfig({ KAFKA_BROKERS: '127.0.0.1:1' })
  await expect(ensureTopics(nowhere)).rejects.toMatchObject({ name: 'AppError', code: 'log_unavailable' })
})
