import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { openProducer } from '@baqylau/kafka'
import { createTelemetry } from '@baqylau/service-kit'
import { readMigrateConfig, readStatusConfig, readTopicsConfig } from '../config.ts'
import { migrateReadSide } from './migrate.ts'
import { readStatus } from './status.ts'
import { ensureTopics } from './topics.ts'

const prefix = `ops-status-${randomUUID()}.`
const env = { ...process.env, KAFKA_TOPIC_PREFIX: prefix, KAFKA_PARTITIONS: '2' }
const config = readStatusConfig(env)

const landed = ['reports', 'enrichments', 'dead-letters']

const produce = async (topic: string, records: number): Promise<void> => {
  const { log } = createTelemetry('ops', 'silent')
  const producer = openProducer({ brokers: config.KAFKA_BROKERS, clientId: 'test', log, sendMsMax: 10_000 })
  await producer.send(
    Array.from({ length: records }, (_, index) => ({
      topic: `${prefix}${topic}`,
      key: `${index}`,
      value: '{}',
    })),
  )
  await producer.close()
}

beforeAll(async () => {
  await migrateReadSide(readMigrateConfig())
  await ensureTopics(readTopicsConfig(env))
})

test('counts what no stage has committed yet, the jobs of the queue, and the rows', async () => {
  await produce('reports', 7)
  // Nobody lands these: they keep no stage behind.
  await produce('decisions', 5)
  const { document, exitCode, text } = await readStatus(config)
  expect(document).toMatchObject({
    log: {
      records: { [`${prefix}reports`]: 7, [`${prefix}dead-letters`]: 0 },
      stages: [
        { stage: 'dispatcher', lag: 7 },
        { stage: 'lander', lag: 7, topics: landed.map((topic) => ({ topic: prefix + topic })) },
      ],
    },
    queue: { waiting: 0, active: 0, failed: 0 },
    readSide: { rows: { current_reports: expect.any(Number) as number } },
  })
  expect(text).toMatch(/dispatcher +7/)
  expect(exitCode).toBe(0)
})

test('a part that is away hides none of the others', async () => {
  const { document, exitCode } = await readStatus({ ...config, CLICKHOUSE_URL: 'http://127.0.0.1:1' })
  expect(document).toMatchObject({
    log: { stages: [{ lag: expect.any(Number) as number }, {}] },
    readSide: { error: 'read_side_unavailable' },
  })
  expect(exitCode).toBe(1)
})

const baqylau = async (args: readonly string[], changes: Readonly<Record<string, string>>) => {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const run = promisify(execFile)(process.execPath, [main, ...args], { env: { ...env, ...changes } })
  try {
    return { code: 0, ...(await run) }
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string }
  }
}

test('the command prints one JSON document, and names every fault of its configuration without a stack', async () => {
  const good = await baqylau(['status', '--json'], {})
  expect(good.code).toBe(0)
  expect(Object.keys(JSON.parse(good.stdout) as object)).toEqual(['log', 'queue', 'readSide'])
  const bad = await baqylau(['status', '--json'], { KAFKA_BROKERS: 'x', REDIS_URL: 'y', OPS_TYPO: '1' })
  expect(bad.code).toBe(1)
  expect(JSON.parse(bad.stdout)).toMatchObject({ code: 'invalid_configuration' })
  expect(bad.stderr).toMatch(/KAFKA_BROKERS[^]*REDIS_URL[^]*OPS_TYPO/)
  expect(bad.stderr).not.toMatch(/ {4}at /)
})
