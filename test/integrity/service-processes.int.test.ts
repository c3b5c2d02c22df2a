import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { topicSpecifications } from '@baqylau/contracts'
import { openAdmin } from '@baqylau/kafka'
import { createTelemetry, newSecret } from '@baqylau/service-kit'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { spawnService, type StageName, startService } from '../support/service-process.ts'

const STAGES: readonly StageName[] = ['dispatcher', 'enricher', 'lander']
const PREFIX = `processes-${randomUUID().slice(0, 8)}.`
const PATIENCE = { timeout: 20_000, interval: 50 }
const RESIDENT_MEGABYTES_MAX = 150
const folder = mkdtempSync(join(tmpdir(), 'baqylau-processes-'))
const secretFile = join(folder, 'secret')
const { KAFKA_BROKERS, REDIS_URL, CLICKHOUSE_URL, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD } = process.env
const shared = { KAFKA_BROKERS, KAFKA_TOPIC_PREFIX: PREFIX }
const ENVIRONMENTS = {
  dispatcher: { ...shared, REDIS_URL, SECRET_FILE: secretFile },
  enricher: { ...shared, REDIS_URL, SECRET_FILE: secretFile },
  lander: { ...shared, CLICKHOUSE_URL, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD },
}

beforeAll(async () => {
  writeFileSync(secretFile, newSecret())
  const { log } = createTelemetry('test', 'silent')
  const admin = await openAdmin({ brokers: KAFKA_BROKERS ?? '', clientId: 'test', log })
  await admin.ensureTopics(topicSpecifications(PREFIX, 3))
  await admin.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(STAGES)('%s as a process', (name) => {
  it('becomes ready, shows its metrics, is small at rest, and stops in order', async () => {
    const service = await startService(name, ENVIRONMENTS[name])
    onTestFinished(() => void service.child.kill('SIGKILL'))
    await vi.waitFor(async () => {
      const { status, checks } = await service.health('readyz')
      expect([status, Object.values(checks)]).toEqual([200, Object.keys(checks).map(() => 'ok')])
    }, PATIENCE)
    expect((await service.health('healthz')).status).toBe(200)
    expect(await service.metrics()).toContain(`baqylau_${name}_`)
    expect(service.residentMegabytes()).toBeLessThan(RESIDENT_MEGABYTES_MAX)
    const { code, afterMs } = await service.stop()
    expect(code).toBe(0)
    expect(afterMs).toBeLessThan(10_000)
  })

  it('ends with every fault of its configuration in one message', async () => {
    const upper = name.toUpperCase()
    const child = spawnService(name, {
      ...ENVIRONMENTS[name],
      KAFKA_BROKERS: 'nonsense',
      LOG_LEVEL: 'info',
      [`${upper}_PORT`]: '99999',
      [`${upper}_TYPO`]: '1',
    })
    const [said, [code]] = await Promise.all([
      child.stdout === null ? '' : text(child.stdout),
      once(child, 'exit') as Promise<[number | null]>,
    ])
    expect(code).toBe(1)
    const lines = said.trimEnd().split('\n')
    expect(lines).toHaveLength(1)
    for (const variable of ['KAFKA_BROKERS', `${upper}_PORT`, `${upper}_TYPO`])
      expect(lines[0]).toContain(variable)
    expect(lines[0]).not.toContain('nonsense')
  })
})

describe.each(STAGES)('%s without its servers', (name) => {
  it('ends on SIGTERM within 10 seconds all the same', async () => {
    const child = spawnService(name, {
      ...ENVIRONMENTS[name],
      LOG_LEVEL: 'info',
      KAFKA_BROKERS: '127.0.0.1:1',
      REDIS_URL: 'redis://127.0.0.1:1',
      [`${name.toUpperCase()}_PORT`]: '0',
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    child.stderr?.resume()
    const exited = once(child, 'exit')
    // It has said something: its handlers of signals are there.
    if (child.stdout !== null) await Promise.race([once(child.stdout, 'data'), exited])
    child.stdout?.resume()
    const startedAt = performance.now()
    child.kill('SIGTERM')
    await exited
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })
})
