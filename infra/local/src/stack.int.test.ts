import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type Server, createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, onTestFinished } from 'vitest'
import { pickFreePort } from './ports.ts'
import { type Stack, startStack } from './stack.ts'
import { answersWith } from './tcp-probe.ts'
import { waitUntil } from './wait-until.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'baqylau-stack-'))
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

async function listenOn(port: number): Promise<Server> {
  const server = createServer()
  await once(server.listen(port, '127.0.0.1'), 'listening')
  return server
}

async function askClickHouse(stack: Stack, sql: string): Promise<string> {
  const { CLICKHOUSE_URL = '', CLICKHOUSE_USER = '', CLICKHOUSE_PASSWORD = '' } = stack.env
  const headers = { 'x-clickhouse-user': CLICKHOUSE_USER, 'x-clickhouse-key': CLICKHOUSE_PASSWORD }
  const response = await fetch(CLICKHOUSE_URL, { method: 'POST', headers, body: sql })
  return (await response.text()).trimEnd()
}

function clusterId(): string | undefined {
  return /^cluster\.id=(.+)$/m.exec(
    readFileSync(join(dataDir, 'kafka', 'log', 'meta.properties'), 'utf8'),
  )?.[1]
}

it('starts three servers, stops them, and starts them again on the same data and other ports', async () => {
  const first = await startStack({ dataDir })
  onTestFinished(first.stop)
  await askClickHouse(first, 'CREATE DATABASE kept')
  const cluster = clusterId()
  const startedAt = performance.now()
  await first.stop()
  expect(performance.now() - startedAt).toBeLessThan(10_000)
  expect([first.kafka, first.redis, first.clickhouse].map((part) => part?.isRunning)).toEqual([
    false,
    false,
    false,
  ])

  const second = await startStack({ dataDir })
  onTestFinished(second.stop)
  expect(second.env['KAFKA_BROKERS']).not.toBe(first.env['KAFKA_BROKERS'])
  expect(clusterId()).toBe(cluster)
  expect(await askClickHouse(second, "SELECT count() FROM system.databases WHERE name = 'kept'")).toBe('1')
  second.kafka?.kill('SIGKILL')
  await second.kafka?.restart()
  expect(second.kafka?.isRunning).toBe(true)
})

it('starts a server again that was killed, where it was told to', async () => {
  const stack = await startStack({
    dataDir: join(dataDir, 'restarted'),
    external: { kafkaBrokers: 'k:1', clickhouseUrl: 'http://c:3' },
    restartsOnExit: true,
  })
  onTestFinished(stack.stop)
  const killed = stack.redis?.pid
  stack.redis?.kill('SIGKILL')
  const port = Number(new URL(stack.env['REDIS_URL'] ?? '').port)
  const isBack = async (): Promise<boolean> =>
    stack.redis?.pid !== killed &&
    (await answersWith(port, Buffer.from('PING\r\n'), (answer) => answer.toString().startsWith('+PONG')))
  expect(await waitUntil(isBack, { withinMs: 10_000 })).toBe(true)
})

it('names every port that is in use at once, and starts nothing', async () => {
  const ports = { kafka: await pickFreePort(), redis: await pickFreePort(), clickhouse: await pickFreePort() }
  const taken = [await listenOn(ports.redis), await listenOn(ports.clickhouse)]
  onTestFinished(() => taken.forEach((server) => server.close()))
  const starting = startStack({ dataDir, ports })
  await expect(starting).rejects.toThrow(
    new RegExp(
      `Redis's port ${ports.redis} is in use.+REDIS_PORT.+\\n.+ClickHouse's port ${ports.clickhouse} is in use`,
    ),
  )
})

it('starts nothing where servers run already, and says where they are', async () => {
  const external = { kafkaBrokers: 'k:1', redisUrl: 'redis://r:2', clickhouseUrl: 'http://c:3' }
  const stack = await startStack({ dataDir: join(dataDir, 'external'), external })
  expect([stack.kafka, stack.redis, stack.clickhouse]).toEqual([undefined, undefined, undefined])
  expect(stack.env).toEqual({
    KAFKA_BROKERS: 'k:1',
    REDIS_URL: 'redis://r:2',
    CLICKHOUSE_URL: 'http://c:3',
    CLICKHOUSE_USER: 'default',
    CLICKHOUSE_PASSWORD: '',
  })
})

it('stops what did start when one does not', async () => {
  const port = await pickFreePort()
  const folder = join(dataDir, 'half')
  const whole = await startStack({
    dataDir: folder,
    ports: { clickhouse: port },
    external: { kafkaBrokers: 'k:1' },
  })
  onTestFinished(whole.stop)
  // Another stack on the same data: its ClickHouse cannot start, and its Redis must not stay.
  const redis = await pickFreePort()
  const second = startStack({ dataDir: folder, ports: { redis }, external: { kafkaBrokers: 'k:1' } })
  await expect(second).rejects.toThrow(`process ${whole.clickhouse?.pid} has it open`)
  const listener = await listenOn(redis)
  listener.close()
})
