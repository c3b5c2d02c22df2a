import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Report, reportSubmitted, topicName, topicSpecifications } from '@baqylau/contracts'
import { type Stack, startStack } from '@baqylau/infra-local'
import { type LogAdmin, type LogProducer, openAdmin, openProducer } from '@baqylau/kafka'
import { type JobQueue, openJobQueue } from '@baqylau/queue'
import { createTelemetry, newSecret } from '@baqylau/service-kit'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { type ServiceProcess, startService } from '../support/service-process.ts'

const PARTITIONS = 3
const PATIENCE = { timeout: 45_000, interval: 100 }
/** So soon work has to go on once the fault is over. */
const RESUMED = { timeout: 30_000, interval: 100 }
const folder = mkdtempSync(join(tmpdir(), 'baqylau-queue-faults-'))
const secretFile = join(folder, 'secret')
const { log } = createTelemetry('test', 'silent')
const kafka = { brokers: process.env['KAFKA_BROKERS'] ?? '', clientId: 'test', log }
const sample = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', 'fixtures', 'autumn-2005.ndjson'), 'utf8').split('\n')[0] ??
    '',
) as Report

let stack: Stack
let admin: LogAdmin
let producer: LogProducer
let queue: JobQueue
let prefix: string
const running = new Set<ServiceProcess>()

beforeAll(async () => {
  // A Redis of its own, since it is wiped, filled and killed here.
  stack = await startStack({
    dataDir: folder,
    external: { kafkaBrokers: kafka.brokers, clickhouseUrl: 'http://none:1' },
  })
  writeFileSync(secretFile, newSecret())
  admin = await openAdmin(kafka)
  producer = openProducer({ ...kafka, sendMsMax: 10_000 })
})
afterAll(async () => {
  await producer.close()
  await admin.close()
  await stack.stop()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  prefix = `queue-faults-${randomUUID().slice(0, 8)}.`
  await admin.ensureTopics(topicSpecifications(prefix, PARTITIONS))
  queue = openJobQueue({
    redisUrl: stack.env['REDIS_URL'] ?? '',
    prefix,
    sealingKey: randomBytes(32),
    attempts: 1,
  })
})
afterEach(async () => {
  for (const { child } of running) child.kill('SIGKILL')
  running.clear()
  await queue.close()
})

const start = async (
  name: 'dispatcher' | 'enricher',
  env: Readonly<Record<string, string>> = {},
): Promise<ServiceProcess> => {
  const service = await startService(name, {
    KAFKA_BROKERS: kafka.brokers,
    REDIS_URL: stack.env['REDIS_URL'],
    KAFKA_TOPIC_PREFIX: prefix,
    SECRET_FILE: secretFile,
    ...env,
  })
  running.add(service)
  return service
}
const kill = async (service: ServiceProcess): Promise<void> => {
  const exited = once(service.child, 'exit')
  service.child.kill('SIGKILL')
  await exited
  running.delete(service)
}

const submitted = (): string => {
  const reportId = randomUUID()
  const event = reportSubmitted({
    report: { ...sample, reportId },
    reportId,
    author: 'queue-faults',
    contentHash: randomBytes(32).toString('hex'),
    receiptHash: randomBytes(32).toString('hex'),
    receivedAt: new Date('2005-10-19T10:00:00Z'),
  })
  return JSON.stringify(event)
}
const send = (count: number): Promise<void> =>
  producer.send(
    Array.from({ length: count }, (_, index) => ({
      topic: topicName(prefix, 'reports'),
      key: String(index),
      value: submitted(),
    })),
  )
const enriched = async (): Promise<number> => {
  const topic = topicName(prefix, 'enrichments')
  return (await admin.recordCounts([topic])).get(topic) ?? 0
}
const lag = async (): Promise<number | undefined> =>
  (await admin.lagOf(`${prefix}dispatcher`, [topicName(prefix, 'reports')]))[0]?.lag
const allIsDone = (of: number, patience = PATIENCE) =>
  vi.waitFor(async () => {
    expect(await lag()).toBe(0)
    // An event may have been enriched twice; and none is committed that was not.
    expect(await enriched()).toBeGreaterThanOrEqual(of)
  }, patience)

const redisCommand = async (command: string): Promise<void> => {
  const socket = connect(Number(new URL(stack.env['REDIS_URL'] ?? '').port), '127.0.0.1')
  socket.write(`${command}\r\n`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  expect(answer.toString()).toMatch(/^\+OK/)
}
const unfinished = async (): Promise<number> => {
  const { waiting, active } = await queue.depth()
  return waiting + active
}
/** Looks all the time how many jobs there are; `end` tells the most that there were. */
const watchMost = () => {
  const over = new AbortController()
  let most = 0
  const watch = async (): Promise<number> => {
    while (!over.signal.aborted) most = Math.max(most, await unfinished())
    return most
  }
  const watching = watch()
  return {
    end: () => {
      over.abort()
      return watching
    },
  }
}
const check = async (service: ServiceProcess, name: string): Promise<string | undefined> =>
  (await service.health('readyz')).checks[name]

it('goes on by itself when Redis was killed, or wiped', async () => {
  const dispatcher = await start('dispatcher')
  const enricher = await start('enricher')
  await send(100)
  await allIsDone(100)
  stack.redis?.kill('SIGKILL')
  await send(100)
  await vi.waitFor(async () => expect(await check(dispatcher, 'redis')).not.toBe('ok'), PATIENCE)
  await vi.waitFor(async () => expect(await check(enricher, 'redis')).not.toBe('ok'), PATIENCE)
  await stack.redis?.restart()
  await allIsDone(200, RESUMED)
  await redisCommand('FLUSHALL')
  await send(100)
  await redisCommand('FLUSHALL')
  await allIsDone(300, RESUMED)
  for (const service of [dispatcher, enricher]) expect((await service.health('healthz')).status).toBe(200)
})

const fillMemory = async (): Promise<void> => {
  await redisCommand('CONFIG SET maxmemory 1')
}
const giveMemory = (): Promise<void> => redisCommand('CONFIG SET maxmemory 256mb')

it('loses nothing when Redis is out of memory, says so, and goes on by itself when there is some again', async () => {
  onTestFinished(giveMemory)
  const dispatcher = await start('dispatcher')
  // In the queue before memory ends: an enricher can neither take nor finish them then.
  await send(60)
  await vi.waitFor(async () => expect(await unfinished()).toBe(PARTITIONS), PATIENCE)
  await fillMemory()
  const enricher = await start('enricher')
  await vi.waitFor(async () => expect(await check(enricher, 'redis')).toContain('OOM'), PATIENCE)
  expect(await lag()).toBe(60)
  await giveMemory()
  await allIsDone(60, RESUMED)
  await fillMemory()
  await send(60)
  await vi.waitFor(async () => expect(await check(dispatcher, 'redis')).toContain('OOM'), PATIENCE)
  expect(await lag()).toBe(60)
  await giveMemory()
  await allIsDone(120, RESUMED)
  for (const service of [dispatcher, enricher]) {
    await vi.waitFor(async () => expect(await check(service, 'redis')).toBe('ok'), PATIENCE)
    expect((await service.health('healthz')).status).toBe(200)
  }
})

it('holds no more jobs than it may, though dispatchers are killed again and again while no enricher runs', async () => {
  const JOBS_MAX = 4
  const DISPATCHERS = 2
  const bounds = { DISPATCHER_QUEUE_JOBS_MAX: String(JOBS_MAX), DISPATCHER_JOBS_IN_FLIGHT_MAX: '3' }
  const watching = watchMost()
  onTestFinished(() => void watching.end())
  let dispatchers = [await start('dispatcher', bounds)]
  await send(30)
  await vi.waitFor(async () => expect(await unfinished()).toBe(PARTITIONS), PATIENCE)
  for (let round = 0; round < 2; round += 1) {
    for (const dispatcher of dispatchers) await kill(dispatcher)
    // More reports: the next dispatcher cuts its jobs otherwise, and those in the queue are nobody's.
    await send(30)
    dispatchers = await Promise.all(Array.from({ length: DISPATCHERS }, () => start('dispatcher', bounds)))
    await vi.waitFor(async () => {
      const waited = await Promise.all(dispatchers.map(({ metrics }) => metrics()))
      expect(waited.some((text) => /jobs_total\{outcome="waited".*\} [1-9]/.test(text))).toBe(true)
    }, PATIENCE)
  }
  await start('enricher')
  await allIsDone(90)
  const most = await watching.end()
  expect(most).toBeGreaterThanOrEqual(JOBS_MAX)
  expect(most).toBeLessThan(JOBS_MAX + DISPATCHERS)
  await vi.waitFor(async () => expect(await unfinished()).toBe(0), PATIENCE)
})
