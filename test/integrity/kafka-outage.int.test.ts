import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pickFreePort, startStack, type Stack } from '@baqylau/infra-local'
import {
  gatherSends,
  type LogConsumer,
  openAdmin,
  openProducer,
  type OutgoingRecord,
  startConsumer,
} from '@baqylau/kafka'
import { createTelemetry, untilItPasses } from '@baqylau/service-kit'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { openForgetfulWay } from '../support/forgetful-way.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'baqylau-kafka-outage-'))
const { log } = createTelemetry('test', 'silent')
const PATIENCE = { timeout: 40_000, interval: 100 }
const topic = 'outage'
let stack: Stack
let brokers = ''

/** Of the broker, and of a way to it that forgets; clients that come this way are told to come again this way. */
const detour = { port: 0, advertisedPort: 0 }

beforeAll(async () => {
  detour.port = await pickFreePort()
  detour.advertisedPort = await pickFreePort()
  // Kafka alone: the other two are said to be elsewhere.
  stack = await startStack({
    dataDir,
    external: { redisUrl: 'redis://none:1', clickhouseUrl: 'http://none:1' },
    kafkaDetour: detour,
  })
  brokers = stack.env['KAFKA_BROKERS'] ?? ''
  const admin = await openAdmin({ brokers, clientId: 'outage', log })
  await admin.ensureTopics([{ topic, partitions: 3, config: {} }])
  await admin.close()
})
afterAll(async () => {
  await stack.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const record = (value: string): OutgoingRecord => ({ topic, key: value, value })

const readInto = (
  values: Map<string, number>,
  onCrash: (error: unknown) => void,
  from = brokers,
): Promise<LogConsumer> =>
  startConsumer({
    brokers: from,
    clientId: 'outage',
    log,
    groupId: randomUUID(),
    topics: [topic],
    partitionsAtOnce: 3,
    fetchBytesMax: 1_000_000,
    graceOver: new AbortController().signal,
    onCrash,
    onBatch: async ({ records, commit }) => {
      for (const { value } of records) {
        const text = Buffer.from(value ?? []).toString('utf8')
        values.set(text, (values.get(text) ?? 0) + 1)
      }
      const last = records.at(-1)
      if (last !== undefined) await commit(last)
    },
  })

const crashed = (error: unknown): never => {
  throw new Error('the consumer ended', { cause: error })
}

it('writes and reads on, without a restart of its clients, after the broker was killed and came back', async () => {
  const producer = openProducer({ brokers, clientId: 'outage', log, sendMsMax: 3000 })
  onTestFinished(producer.close)
  const read = new Map<string, number>()
  const consumer = await readInto(read, crashed)
  onTestFinished(consumer.stop)
  await producer.send([record('before')])
  await vi.waitFor(() => expect([...read.keys()]).toEqual(['before']), PATIENCE)
  expect([producer.trouble(), consumer.trouble()]).toEqual([undefined, undefined])

  stack.kafka?.kill('SIGKILL')
  const startedAt = performance.now()
  await expect(producer.send([record('while it was away')])).rejects.toMatchObject({
    code: 'log_unavailable',
  })
  expect(performance.now() - startedAt).toBeLessThan(4000)
  expect(producer.trouble()).toBeTypeOf('string')
  await vi.waitFor(() => expect(consumer.trouble()).toBeTypeOf('string'), PATIENCE)

  await stack.kafka?.restart()
  await untilItPasses(() => producer.send([record('after')]), {
    signal: AbortSignal.timeout(20_000),
    onFault: () => undefined,
  })
  expect(producer.trouble()).toBeUndefined()
  await vi.waitFor(() => expect(read.has('after')).toBe(true), PATIENCE)
  expect(consumer.trouble()).toBeUndefined()
})

it('loses nothing that was acknowledged, though sends before it failed on a broker that hung', async () => {
  const producer = openProducer({ brokers, clientId: 'outage', log, sendMsMax: 700 })
  onTestFinished(producer.close)
  const appender = gatherSends(producer)
  const acknowledged: string[] = []
  let refused = 0
  const append = async (name: string): Promise<void> => {
    try {
      await appender.append([record(name)])
      acknowledged.push(name)
    } catch {
      refused += 1
    }
  }
  for (let round = 0; round < 3; round += 1) {
    await untilItPasses(() => appender.append([record(`warm ${round}`)]), {
      signal: AbortSignal.timeout(20_000),
      onFault: () => undefined,
    })
    stack.kafka?.kill('SIGSTOP')
    await Promise.all(Array.from({ length: 20 }, (_, index) => append(`hung ${round}/${index}`)))
    stack.kafka?.kill('SIGCONT')
    // The broker now does what it was asked before it hung, and these meanwhile.
    for (let index = 0; index < 20; index += 1) await append(`after ${round}/${index}`)
  }
  expect(refused).toBeGreaterThan(0)
  expect(acknowledged.length).toBeGreaterThan(0)
  const read = new Map<string, number>()
  const consumer = await readInto(read, crashed)
  onTestFinished(consumer.stop)
  await vi.waitFor(() => expect(acknowledged.filter((name) => !read.has(name))).toEqual([]), PATIENCE)
})

it('writes and reads on over new connections when the old ones lead nowhere, and no one says so', async () => {
  const way = await openForgetfulWay(detour.port, detour.advertisedPort)
  onTestFinished(way.close)
  const far = `127.0.0.1:${way.port}`
  const producer = openProducer({ brokers: far, clientId: 'outage', log, sendMsMax: 3000 })
  onTestFinished(producer.close)
  const read = new Map<string, number>()
  const consumer = await readInto(read, crashed, far)
  onTestFinished(consumer.stop)
  await producer.send([record('before it was forgotten')])
  await vi.waitFor(() => expect(read.has('before it was forgotten')).toBe(true), PATIENCE)
  way.forget()
  await untilItPasses(() => producer.send([record('after it was forgotten')]), {
    signal: AbortSignal.timeout(20_000),
    onFault: () => undefined,
  })
  await vi.waitFor(() => expect(read.has('after it was forgotten')).toBe(true), {
    timeout: 120_000,
    interval: 100,
  })
  expect(consumer.trouble()).toBeUndefined()
}, 180_000)
