import { randomUUID } from 'node:crypto'
import { createTelemetry } from '@baqylau/service-kit'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type LogAdmin, openAdmin } from './admin.ts'
import { type LogBatch, type LogConsumer, type LogConsumerOptions, startConsumer } from './consumer.ts'
import { openProducer } from './producer.ts'

const { log } = createTelemetry('test', 'silent')
const connection = { brokers: process.env['KAFKA_BROKERS'] ?? '', clientId: 'consumer-test', log }
const PATIENCE = { timeout: 30_000, interval: 50 }

let admin: LogAdmin
beforeAll(async () => {
  admin = await openAdmin(connection)
})
afterAll(() => admin.close())

/** A topic of its own with so many records in each partition: `<partition>/<index>`, where keys choose the partition. */
const topicWith = async (partitions: number, count: number): Promise<string> => {
  const topic = `consumer-${randomUUID().slice(0, 8)}`
  await admin.ensureTopics([{ topic, partitions, config: {} }])
  const producer = openProducer({ ...connection, sendMsMax: 10_000 })
  await producer.send(
    Array.from({ length: count }, (_, index) => ({ topic, key: `${index}`, value: `${index}` })),
  )
  await producer.close()
  return topic
}

interface Member {
  readonly consumer: LogConsumer
  readonly crashes: readonly unknown[]
  readonly grace: AbortController
}

const join = async (
  topic: string,
  onBatch: LogConsumerOptions['onBatch'],
  options: Partial<LogConsumerOptions> = {},
): Promise<Member> => {
  const crashes: unknown[] = []
  const grace = new AbortController()
  const consumer = await startConsumer({
    ...connection,
    groupId: topic,
    topics: [topic],
    partitionsAtOnce: 12,
    fetchBytesMax: 1_000_000,
    graceOver: grace.signal,
    onCrash: (error) => crashes.push(error),
    onBatch,
    ...options,
  })
  onTestFinished(async () => {
    grace.abort(new Error('the test is over'))
    await consumer.stop()
  })
  return { consumer, crashes, grace }
}

/** Holds a batch until it is taken away. */
const holding = ({ signal }: LogBatch): Promise<void> =>
  new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error)
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })

const offsetsOf = ({ records }: LogBatch): readonly number[] => records.map(({ offset }) => Number(offset))
const lagOf = async (topic: string): Promise<number | undefined> =>
  (await admin.lagOf(topic, [topic]))[0]?.lag

describe('what is committed', () => {
  it('begins at the beginning, and after a restart behind what was committed', async () => {
    const topic = await topicWith(1, 10)
    const handed: (readonly number[])[] = []
    const first = await join(topic, async (batch) => {
      handed.push(offsetsOf(batch))
      const [, , , , fifth] = batch.records
      if (handed.length > 1 || fifth === undefined) return holding(batch)
      await batch.commit(fifth)
    })
    await vi.waitFor(() => expect(handed.length).toBe(2), PATIENCE)
    expect(first.consumer.trouble()).toBeUndefined()
    expect(handed[0]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    // Not again from the beginning: what was committed is behind it.
    expect(handed[1]?.[0]).toBe(5)
    first.grace.abort(new Error('stopping'))
    await first.consumer.stop()
    expect(await lagOf(topic)).toBe(5)

    const again: number[] = []
    await join(topic, async (batch) => {
      again.push(...offsetsOf(batch))
      const last = batch.records.at(-1)
      if (last !== undefined) await batch.commit(last)
    })
    await vi.waitFor(async () => expect(await lagOf(topic)).toBe(0), PATIENCE)
    expect(again).toEqual([5, 6, 7, 8, 9])
    expect(first.crashes).toEqual([])
  })

  it('is nothing of a batch that was given up when the grace of a stop was over', async () => {
    const topic = await topicWith(1, 3)
    let batch: LogBatch | undefined
    const { consumer, grace, crashes } = await join(topic, (handed) => {
      batch = handed
      return holding(handed)
    })
    await vi.waitFor(() => expect(batch).toBeDefined(), PATIENCE)
    const stopped = consumer.stop()
    grace.abort(new Error('stopping'))
    await stopped
    const last = batch?.records.at(-1)
    if (last !== undefined) await batch?.commit(last)
    expect(await lagOf(topic)).toBe(3)
    expect(crashes).toEqual([])
  })
})

describe('a fault of the work', () => {
  it.each([
    ['an error of ours', new Error('the tables do not fit')],
    ['a slip of the code', new TypeError('undefined is not a function')],
  ])('ends the consumer, and says so: %s', async (_name, fault) => {
    const topic = await topicWith(2, 4)
    const { crashes, consumer } = await join(topic, () => Promise.reject(fault))
    await vi.waitFor(() => expect(crashes.length).toBeGreaterThan(0), { timeout: 10_000, interval: 50 })
    expect(crashes[0]).toBe(fault)
    expect(consumer.trouble()).toContain(fault.message)
    expect(await lagOf(topic)).toBe(4)
  })
})

describe('a group', () => {
  it('takes work in hand away when a second member joins, and each goes on with its own', async () => {
    const topic = await topicWith(4, 40)
    const held: LogBatch[] = []
    let mayWork = false
    const work = async (batch: LogBatch): Promise<void> => {
      if (!mayWork) {
        held.push(batch)
        return holding(batch)
      }
      const last = batch.records.at(-1)
      if (last !== undefined) await batch.commit(last)
    }
    const first = await join(topic, work)
    await vi.waitFor(() => expect(held.length).toBeGreaterThan(1), PATIENCE)
    const before = [...held]
    const second = await join(topic, work)
    await vi.waitFor(() => expect(before.every(({ signal }) => signal.aborted)).toBe(true), PATIENCE)
    // Too late: the partition may be another's.
    for (const { records, commit } of before) {
      const last = records.at(-1)
      if (last !== undefined) await commit(last)
    }
    expect(await lagOf(topic)).toBe(40)
    mayWork = true
    first.grace.abort(new Error('leaving'))
    await first.consumer.stop()
    second.grace.abort(new Error('leaving'))
    await second.consumer.stop()
    await join(topic, work)
    await vi.waitFor(async () => expect(await lagOf(topic)).toBe(0), PATIENCE)
    expect([...first.crashes, ...second.crashes]).toEqual([])
  })

  it('keeps a member whose batch takes longer than a session', async () => {
    const topic = await topicWith(1, 3)
    const handed: (readonly number[])[] = []
    const { consumer, crashes } = await join(
      topic,
      async (batch) => {
        handed.push(offsetsOf(batch))
        const endsAt = performance.now() + 8000
        await vi.waitUntil(() => batch.signal.aborted || performance.now() > endsAt, {
          timeout: 10_000,
          interval: 100,
        })
        const last = batch.records.at(-1)
        if (last !== undefined) await batch.commit(last)
      },
      { sessionMs: 6000 },
    )
    await vi.waitFor(async () => expect(await lagOf(topic)).toBe(0), PATIENCE)
    expect(handed).toEqual([[0, 1, 2]])
    expect(consumer.trouble()).toBeUndefined()
    expect(crashes).toEqual([])
  })

  it('joins again, and does its batch again, when its process stood still until the group had given it up', async () => {
    const topic = await topicWith(1, 3)
    const handed: (readonly number[])[] = []
    const { consumer, crashes } = await join(
      topic,
      async (batch) => {
        handed.push(offsetsOf(batch))
        // What a stopped process is like: no timer runs, no heartbeat is sent, and then it goes on with a commit.
        const endsAt = performance.now() + 9000
        while (handed.length === 1 && performance.now() < endsAt);
        const last = batch.records.at(-1)
        if (last !== undefined) await batch.commit(last)
      },
      { sessionMs: 6000 },
    )
    await vi.waitFor(async () => expect(await lagOf(topic)).toBe(0), PATIENCE)
    expect(handed).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ])
    expect(consumer.trouble()).toBeUndefined()
    expect(crashes).toEqual([])
  })
})
