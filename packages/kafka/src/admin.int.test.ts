import { randomUUID } from 'node:crypto'
import { topicSpecifications } from '@baqylau/contracts'
import { createTelemetry } from '@baqylau/service-kit'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type LogAdmin, openAdmin } from './admin.ts'
import { startConsumer } from './consumer.ts'
import { openProducer } from './producer.ts'

const brokers = process.env['KAFKA_BROKERS'] ?? ''
const { log } = createTelemetry('test', 'silent')
const connection = { brokers, clientId: 'admin-test', log }
const prefix = `admin-${randomUUID().slice(0, 8)}.`
const specifications = topicSpecifications(prefix, 3)
const names = specifications.map(({ topic }) => topic)
const [reports = ''] = names

let admin: LogAdmin
beforeAll(async () => {
  admin = await openAdmin(connection)
})
afterAll(() => admin.close())

it('makes the topics that are missing, once, and tells which those were', async () => {
  expect(await admin.missingTopics(names)).toEqual(names)
  expect(await admin.ensureTopics(specifications.slice(0, 2))).toEqual(names.slice(0, 2))
  expect(await admin.ensureTopics(specifications)).toEqual(names.slice(2))
  expect(await admin.ensureTopics(specifications)).toEqual([])
  expect(await admin.missingTopics([...names, `${prefix}other`])).toEqual([`${prefix}other`])
})

it('makes them as they are specified, and describes them as they are', async () => {
  const byTopic = (left: { topic: string }, right: { topic: string }) => left.topic.localeCompare(right.topic)
  const described = await admin.describeTopics(specifications)
  expect(described.toSorted(byTopic)).toEqual(specifications.toSorted(byTopic))
  expect(described[0]?.config).toMatchObject({ 'retention.ms': '-1', 'cleanup.policy': 'delete' })
  const other = { topic: `${prefix}other`, partitions: 2, config: { 'retention.ms': '5000' } }
  await admin.ensureTopics([other])
  const asked = { ...other, partitions: 7, config: { 'retention.ms': '-1', 'cleanup.policy': 'compact' } }
  expect(await admin.describeTopics([asked])).toEqual([
    { ...other, config: { 'retention.ms': '5000', 'cleanup.policy': 'delete' } },
  ])
  expect(await admin.describeTopics([])).toEqual([])
})

it('counts the records of a topic, and how many of them a group has not committed', async () => {
  const producer = openProducer({ ...connection, sendMsMax: 10_000 })
  const records = Array.from({ length: 30 }, (_, index) => ({
    topic: reports,
    key: `key-${index}`,
    value: `${index}`,
  }))
  await producer.send(records)
  await producer.close()
  const groupId = `${prefix}group`
  expect(await admin.recordCounts(names)).toEqual(
    new Map(names.map((name) => [name, name === reports ? 30 : 0])),
  )
  expect(await admin.lagOf(groupId, [reports])).toEqual([{ topic: reports, lag: 30 }])

  const failures: unknown[] = []
  const consumer = await startConsumer({
    ...connection,
    groupId,
    topics: [reports],
    partitionsAtOnce: 3,
    fetchBytesMax: 100_000,
    graceOver: new AbortController().signal,
    onCrash: (error) => failures.push(error),
    onBatch: async ({ records: batch, commit }) => {
      const last = batch.at(-1)
      if (last !== undefined) await commit(last)
    },
  })
  await vi.waitFor(
    async () => {
      expect(await admin.lagOf(groupId, [reports])).toEqual([{ topic: reports, lag: 0 }])
    },
    { timeout: 20_000, interval: 100 },
  )
  await consumer.stop()
  expect(failures).toEqual([])
})

it('says which broker does not answer', async () => {
  await expect(openAdmin({ ...connection, brokers: '127.0.0.1:1' })).rejects.toMatchObject({
    code: 'log_unavailable',
    message: expect.stringContaining('127.0.0.1:1') as unknown,
  })
})
