import { randomUUID } from 'node:crypto'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { createTelemetry } from '@baqylau/service-kit'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { openAdmin } from './admin.ts'
import { startConsumer } from './consumer.ts'
import { gatherSends } from './gather-sends.ts'
import { type LogProducer, openProducer, type OutgoingRecord } from './producer.ts'

const { log } = createTelemetry('test', 'silent')
const connection = { brokers: process.env['KAFKA_BROKERS'] ?? '', clientId: 'producer-test', log }
const topic = `producer-${randomUUID().slice(0, 8)}`
const record = (value: string): OutgoingRecord => ({ topic, key: 'one key, one partition', value })

let producer: LogProducer
beforeAll(async () => {
  const admin = await openAdmin(connection)
  await admin.ensureTopics([{ topic, partitions: 2, config: { 'max.message.bytes': '100000' } }])
  await admin.close()
  producer = openProducer({ ...connection, sendMsMax: 10_000 })
})
afterAll(() => producer.close())

/** Everything in the topic, in the order of the log, read anew from its beginning. */
const readAll = async (count: number): Promise<readonly string[]> => {
  const values: string[] = []
  const { promise: enough, resolve, reject } = Promise.withResolvers<void>()
  const consumer = await startConsumer({
    ...connection,
    groupId: randomUUID(),
    topics: [topic],
    partitionsAtOnce: 1,
    fetchBytesMax: 1_000_000,
    graceOver: new AbortController().signal,
    onCrash: reject,
    onBatch: async ({ records, commit }) => {
      for (const { value } of records) values.push(Buffer.from(value ?? []).toString('utf8'))
      const last = records.at(-1)
      if (last !== undefined) await commit(last)
      if (values.length >= count) resolve()
    },
  })
  await enough
  await consumer.stop()
  return values
}

it('writes what is read again byte by byte and in order, packed with zstd', async () => {
  const values = ['«Свобода слова» № 33', '', 'қазақша ңғүұқөһ', 'x'.repeat(50_000)]
  await producer.send(values.map(record))
  await producer.send([record('later')])
  expect(producer.trouble()).toBeUndefined()
  expect(await readAll(5)).toEqual([...values, 'later'])
})

it('packs: what is larger than the topic takes goes in, since it repeats itself', async () => {
  await expect(producer.send([record('x'.repeat(500_000))])).resolves.toBeUndefined()
})

it('gathers what comes in during a send into the next', async () => {
  const sizes: number[] = []
  const counting: LogProducer = {
    ...producer,
    send: async (records) => {
      sizes.push(records.length)
      await producer.send(records)
    },
  }
  const { append, drained, pendingBytes } = gatherSends(counting)
  const appends = Array.from({ length: 50 }, (_, index) => append([record(`gathered ${index}`)]))
  expect(pendingBytes()).toBeGreaterThan(0)
  await Promise.all(appends)
  await drained()
  expect(pendingBytes()).toBe(0)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(50)
  expect(sizes.length).toBeLessThanOrEqual(2)
})

it('refuses what no second try mends, and goes on with the next', async () => {
  const noise = Array.from({ length: 30_000 }, () => randomUUID()).join('')
  await expect(producer.send([record(noise)])).rejects.toMatchObject({ code: 'log_unavailable' })
  expect(producer.trouble()).toBeTypeOf('string')
  await producer.send([record('after')])
  expect(producer.trouble()).toBeUndefined()
})

it('gives up at its deadline on a broker that takes connections and says nothing', async () => {
  const silent = createServer()
  await once(silent.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    silent.close()
  })
  const address = silent.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const unheard = openProducer({ ...connection, brokers: `127.0.0.1:${port}`, sendMsMax: 500 })
  const startedAt = performance.now()
  await expect(unheard.send([record('nobody')])).rejects.toMatchObject({
    code: 'log_unavailable',
    retryable: true,
  })
  expect(performance.now() - startedAt).toBeLessThan(2000)
  expect(unheard.trouble()).toContain('500 ms')
})
