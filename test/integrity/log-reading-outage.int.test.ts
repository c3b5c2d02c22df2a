import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startStack, type Stack } from '@baqylau/infra-local'
import { openAdmin, openProducer, type PartitionEnds, readLog } from '@baqylau/kafka'
import { createTelemetry } from '@baqylau/service-kit'
import { afterAll, beforeAll, expect, it } from 'vitest'

const dataDir = mkdtempSync(join(tmpdir(), 'baqylau-log-reading-'))
const { log } = createTelemetry('test', 'silent')
const topic = 'read'
const PARTITIONS = 3
const RECORDS = 300
const SEND_RECORDS = 30
/** Longer than two heartbeats: the work goes on when one has failed. */
const LONG_WORK_MS = 8000
const TEST_MS_MAX = 180_000
let stack: Stack
let connection: { readonly brokers: string; readonly clientId: string; readonly log: typeof log }
let stretches: readonly PartitionEnds[]

beforeAll(async () => {
  // Kafka alone: the other two are said to be elsewhere.
  stack = await startStack({
    dataDir,
    external: { redisUrl: 'redis://none:1', clickhouseUrl: 'http://none:1' },
  })
  connection = { brokers: stack.env['KAFKA_BROKERS'] ?? '', clientId: 'reader', log }
  const admin = await openAdmin(connection)
  await admin.ensureTopics([{ topic, partitions: PARTITIONS, config: {} }])
  const producer = openProducer({ ...connection, sendMsMax: 20_000 })
  // A batch of the producer is fetched whole: so in several, which are several fetches.
  for (let sent = 0; sent < RECORDS; sent += SEND_RECORDS) {
    await producer.send(
      Array.from({ length: SEND_RECORDS }, (_, index) => ({
        topic,
        key: null,
        value: randomBytes(1000),
        partition: (sent + index) % PARTITIONS,
      })),
    )
  }
  await producer.close()
  stretches = await admin.topicEnds([topic])
  await admin.close()
}, TEST_MS_MAX)
afterAll(async () => {
  await stack.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const expected = Array.from({ length: RECORDS }, (_, index) => {
  const offset = Math.floor(index / PARTITIONS)
  return `${index % PARTITIONS}/${offset}`
}).toSorted()

it(
  'hands every record over once, though the broker is killed and comes back while records are worked on',
  async () => {
    const read: string[] = []
    let kills = 0
    await readLog({
      ...connection,
      stretches,
      // Several fetches, so that there is something left to read afterwards.
      fetchBytesMax: 20_000,
      partitionsAtOnce: PARTITIONS,
      onBatch: async (records) => {
        if (kills === 0) {
          kills += 1
          stack.kafka?.kill('SIGKILL')
          await pause(LONG_WORK_MS)
          await stack.kafka?.restart()
        }
        read.push(...records.map(({ partition, offset }) => `${partition}/${offset}`))
      },
    })
    expect(kills).toBe(1)
    expect(read.toSorted()).toEqual(expected)
  },
  TEST_MS_MAX,
)

it(
  'gives up with log_unavailable when the broker stays away',
  async () => {
    let handed = 0
    const reading = readLog({
      ...connection,
      stretches,
      fetchBytesMax: 20_000,
      partitionsAtOnce: 1,
      silentMsMax: 10_000,
      onBatch: () => {
        handed += 1
        stack.kafka?.kill('SIGKILL')
        return Promise.resolve()
      },
    })
    await expect(reading).rejects.toMatchObject({ code: 'log_unavailable' })
    expect(handed).toBeGreaterThan(0)
    await stack.kafka?.restart()
  },
  TEST_MS_MAX,
)
