import { randomUUID } from 'node:crypto'
import { createTelemetry } from '@baqylau/service-kit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LogAdmin, openAdmin, type PartitionEnds } from './admin.ts'
import type { LogRecord } from './log-record.ts'
import { openProducer, type OutgoingRecord } from './producer.ts'
import { type LogReadingOptions, readLog } from './read-log.ts'

const { log } = createTelemetry('test', 'silent')
const connection = { brokers: process.env['KAFKA_BROKERS'] ?? '', clientId: 'read-log-test', log }
const PARTITIONS = 3

let admin: LogAdmin
beforeAll(async () => {
  admin = await openAdmin(connection)
})
afterAll(() => admin.close())

const write = async (records: readonly OutgoingRecord[]): Promise<void> => {
  const producer = openProducer({ ...connection, sendMsMax: 10_000 })
  await producer.send(records)
  await producer.close()
}

const topicWith = async (count: number): Promise<string> => {
  const topic = `read-log-${randomUUID().slice(0, 8)}`
  await admin.ensureTopics([{ topic, partitions: PARTITIONS, config: {} }])
  const records = Array.from({ length: count }, (_, index) => ({
    topic,
    key: null,
    value: String(index),
    partition: index % PARTITIONS,
  }))
  await write(records)
  return topic
}

const read = async (
  stretches: readonly PartitionEnds[],
  options: Partial<LogReadingOptions> = {},
): Promise<readonly LogRecord[]> => {
  const records: LogRecord[] = []
  await readLog({
    ...connection,
    stretches,
    fetchBytesMax: 1_000_000,
    partitionsAtOnce: PARTITIONS,
    onBatch: (batch) => {
      records.push(...batch)
      return Promise.resolve()
    },
    ...options,
  })
  return records
}

const valuesOf = (records: readonly LogRecord[], partition: number): readonly number[] =>
  records.filter((record) => record.partition === partition).map(({ value }) => Number(value))

it('reads every record once, in the order of its partition, up to the ends it was given', async () => {
  const topic = await topicWith(3000)
  const ends = await admin.topicEnds([topic])
  await write([{ topic, key: null, value: 'later', partition: 0 }])
  const records = await read(ends)
  expect(records).toHaveLength(3000)
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    expect(valuesOf(records, partition)).toEqual(
      Array.from({ length: 1000 }, (_, index) => index * PARTITIONS + partition),
    )
  }
})

it('begins where it is told to, and leaves out what is done already', async () => {
  const topic = await topicWith(300)
  const ends = await admin.topicEnds([topic])
  const stretches = ends.map(({ partition, high }) => {
    const low = partition === 0 ? high : 90n
    return { topic, partition, low, high }
  })
  const records = await read(stretches)
  expect(records.map(({ offset }) => Number(offset)).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 20 }, (_, index) => 90 + Math.floor(index / 2)),
  )
})

it('hands keys, headers and times over as they were written', async () => {
  const topic = await topicWith(0)
  const headers = { mark: Buffer.from('бақылау') }
  await write([
    { topic, key: Buffer.from([0, 255]), value: null, partition: 2, headers, timestamp: '1133654400000' },
  ])
  const [record] = await read(await admin.topicEnds([topic]))
  expect(record).toMatchObject({ partition: 2, offset: '0', value: null, timestamp: '1133654400000' })
  expect(record?.key).toEqual(Buffer.from([0, 255]))
  expect(record?.headers['mark']).toEqual(headers.mark)
})

it('resolves at once when there is nothing to read', async () => {
  const topic = await topicWith(0)
  expect(await read(await admin.topicEnds([topic]))).toEqual([])
})

it('ends with the fault of whoever takes the records', async () => {
  const topic = await topicWith(30)
  const reading = read(await admin.topicEnds([topic]), {
    onBatch: () => Promise.reject(new Error('no room')),
  })
  await expect(reading).rejects.toThrow('no room')
})

it('ends when it is told to', async () => {
  const topic = await topicWith(30)
  const [first] = await admin.topicEnds([topic])
  const ending = new AbortController()
  const stretches = first === undefined ? [] : [{ ...first, high: first.high + 1n }]
  const reading = read(stretches, {
    signal: ending.signal,
    onBatch: () => {
      ending.abort(new Error('enough'))
      return Promise.resolve()
    },
  })
  await expect(reading).rejects.toThrow('enough')
})
