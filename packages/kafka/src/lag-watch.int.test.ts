import { randomUUID } from 'node:crypto'
import { createProgressWatch, createTelemetry } from '@baqylau/service-kit'
import { expect, it, onTestFinished, vi } from 'vitest'
import { openAdmin } from './admin.ts'
import { type LogBatch, startConsumer } from './consumer.ts'
import { type LagWatchOptions, watchLag } from './lag-watch.ts'
import { openProducer } from './producer.ts'

const { log } = createTelemetry('test', 'silent')
const connection = { brokers: process.env['KAFKA_BROKERS'] ?? '', clientId: 'lag-test', log }
const PATIENCE = { timeout: 30_000, interval: 50 }
const STUCK_MS = 1000
const LOOK_MS = 50
const PARTITIONS = [0, 1]

const newTopic = async () => {
  const topic = `lag-${randomUUID().slice(0, 8)}`
  const admin = await openAdmin(connection)
  await admin.ensureTopics([{ topic, partitions: PARTITIONS.length, config: {} }])
  await admin.close()
  const producer = openProducer({ ...connection, sendMsMax: 10_000 })
  onTestFinished(producer.close)
  return {
    topic,
    send: (count: number) =>
      producer.send(Array.from({ length: count }, (_, index) => ({ topic, key: `${index}`, value: 'x' }))),
  }
}

/** Watches the group of a topic, of which nobody but `join` is a member. */
const watching = (topic: string, options: Partial<LagWatchOptions> = {}) => {
  const progress = createProgressWatch(STUCK_MS)
  const lag = watchLag({
    ...connection,
    groupId: topic,
    assigned: () => ({ [topic]: PARTITIONS }),
    trouble: () => undefined,
    progress,
    lookMs: LOOK_MS,
    ...options,
  })
  onTestFinished(lag.stop)
  return progress
}

const join = async (topic: string, onBatch: (batch: LogBatch) => Promise<void>) => {
  const grace = new AbortController()
  const consumer = await startConsumer({
    ...connection,
    groupId: topic,
    topics: [topic],
    partitionsAtOnce: 2,
    fetchBytesMax: 1_000_000,
    graceOver: grace.signal,
    onCrash: () => undefined,
    onBatch,
  })
  onTestFinished(async () => {
    grace.abort(new Error('the test is over'))
    await consumer.stop()
  })
}

/** Everything that the watch says for so long. */
const saidFor = async (ms: number, stuck: () => unknown): Promise<readonly unknown[]> => {
  const said = new Set<unknown>()
  const endsAt = performance.now() + ms
  const listen = (): boolean => {
    said.add(stuck())
    return performance.now() > endsAt
  }
  await vi.waitUntil(listen, { timeout: ms + 5000, interval: 20 })
  return [...said]
}

it('is content while there is nothing to read, and says so when what there is is not read', async () => {
  const { topic, send } = await newTopic()
  const progress = watching(topic)
  expect(await saidFor(2 * STUCK_MS, progress.stuck)).toEqual([undefined])
  await send(7)
  await vi.waitFor(() => expect(progress.stuck()).toContain('7 records to read'), PATIENCE)
  await join(topic, async ({ records, commit }) => {
    const last = records.at(-1)
    if (last !== undefined) await commit(last)
  })
  await vi.waitFor(() => expect(progress.stuck()).toBeUndefined(), PATIENCE)
})

it('says so when the consumer is a member of nothing, though nothing waits', async () => {
  const { topic } = await newTopic()
  let trouble: string | undefined = 'the consumer group is rebalancing'
  const progress = watching(topic, { trouble: () => trouble })
  await vi.waitFor(() => expect(progress.stuck()).toContain('rebalancing'), PATIENCE)
  trouble = undefined
  await vi.waitFor(() => expect(progress.stuck()).toBeUndefined(), PATIENCE)
})

it('takes what others have to read for nothing of its own', async () => {
  const { topic, send } = await newTopic()
  await send(7)
  const progress = watching(topic, { assigned: () => ({}) })
  expect(await saidFor(2 * STUCK_MS, progress.stuck)).toEqual([undefined])
})

it('finds nothing wrong with a consumer while no broker answers: it is the broker that is away', async () => {
  const progress = watching('nowhere', { brokers: '127.0.0.1:1' })
  expect(await saidFor(2 * STUCK_MS, progress.stuck)).toEqual([undefined])
})

it('finds a consumer whose work hangs, and none that is only slow', async () => {
  const { topic, send } = await newTopic()
  await send(3)
  const progress = createProgressWatch(STUCK_MS)
  const grace = new AbortController()
  const released = Promise.withResolvers<void>()
  const consumer = await startConsumer({
    ...connection,
    groupId: topic,
    topics: [topic],
    partitionsAtOnce: 2,
    fetchBytesMax: 1_000_000,
    graceOver: grace.signal,
    onCrash: () => undefined,
    progress,
    onBatch: async ({ records, commit }) => {
      await released.promise
      const last = records.at(-1)
      if (last !== undefined) await commit(last)
    },
  })
  onTestFinished(async () => {
    grace.abort(new Error('the test is over'))
    await consumer.stop()
  })
  await vi.waitFor(() => expect(progress.stuck()).toContain('work in hand'), PATIENCE)
  // An attempt that fails is a sign of life.
  await progress.during(Promise.resolve())
  expect(progress.stuck()).toBeUndefined()
  released.resolve()
  expect(await saidFor(2 * STUCK_MS, progress.stuck)).toEqual([undefined])
})
