import { readFileSync, writeFileSync } from 'node:fs'
import { DEFAULT_TOPIC_PREFIX } from '@baqylau/contracts'
import { type Pipeline, pickFreePort, startPipeline } from '@baqylau/infra-local'
import { type LogAdmin, type LogProducer, openAdmin, openProducer } from '@baqylau/kafka'
import { createTelemetry, newAccessKey, readKeys } from '@baqylau/service-kit'
import { openTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts'
import type { ServerName, ServiceName } from './fault-plan.ts'
import type { AuthorName, Naming } from './story.ts'

export const TOPIC_PREFIX = DEFAULT_TOPIC_PREFIX

/** A pipeline of its own, with a proxy before each server, and what is needed to harm it and to look at it. */
export interface World {
  readonly pipeline: Pipeline
  readonly proxies: Readonly<Record<ServerName, TcpProxy>>
  readonly naming: Naming
  readonly keys: Readonly<Record<AuthorName | 'operator', string>>
  /** Past the proxies. */
  readonly admin: LogAdmin
  readonly producer: LogProducer
  readonly stop: () => Promise<void>
}

export interface WorldOptions {
  readonly dataDir: string
  /** What one service has in its environment beyond what all have. */
  readonly environmentOf?: ((service: ServiceName) => Readonly<Record<string, string>>) | undefined
  readonly onProgress: (line: string) => void
}

const SEND_MS_MAX = 10_000
const SECOND_AUTHOR = 'second-author'
const VALID_MS = 24 * 60 * 60 * 1000

/** A key of a second author. Services read their file of keys again when it changes. */
const addSecondAuthor = ({ access }: Pipeline): string => {
  const expiresAt = new Date(Date.now() + VALID_MS).toISOString()
  const { key, entry } = newAccessKey({ id: SECOND_AUTHOR, subject: SECOND_AUTHOR, role: 'field', expiresAt })
  const entries = JSON.parse(readFileSync(access.keysFile, 'utf8')) as readonly unknown[]
  writeFileSync(access.keysFile, JSON.stringify([...entries, entry]))
  return key
}

const knowsKey = async (intakeUrl: string, key: string): Promise<boolean> => {
  const response = await fetch(`${intakeUrl}/v1/reports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: '[]',
  })
  return response.status !== 401
}

const startBehindProxies = async (options: WorldOptions) => {
  const ports = {
    kafka: await pickFreePort(),
    redis: await pickFreePort(),
    clickhouse: await pickFreePort(),
  }
  const detour = await pickFreePort()
  const proxies = {
    kafka: await openTcpProxy(detour),
    redis: await openTcpProxy(ports.redis),
    clickhouse: await openTcpProxy(ports.clickhouse),
  }
  const behindProxies = {
    KAFKA_BROKERS: `127.0.0.1:${proxies.kafka.port}`,
    REDIS_URL: `redis://127.0.0.1:${proxies.redis.port}`,
    CLICKHOUSE_URL: `http://127.0.0.1:${proxies.clickhouse.port}`,
  }
  const pipeline = await startPipeline({
    dataDir: options.dataDir,
    servicePorts: {
      intake: await pickFreePort(),
      dispatcher: await pickFreePort(),
      enricher: await pickFreePort(),
      lander: await pickFreePort(),
      atlas: await pickFreePort(),
    },
    ports,
    external: {},
    kafkaDetour: { port: detour, advertisedPort: proxies.kafka.port },
    environmentOf: (service) => ({ ...behindProxies, ...options.environmentOf?.(service) }),
    onProgress: options.onProgress,
  })
  return { pipeline, proxies }
}

export const startWorld = async (options: WorldOptions): Promise<World> => {
  const { pipeline, proxies } = await startBehindProxies(options)
  const { log } = createTelemetry('chaos', 'silent')
  const kafka = { brokers: pipeline.stack.env['KAFKA_BROKERS'] ?? '', clientId: 'chaos', log }
  const admin = await openAdmin(kafka)
  const producer = openProducer({ ...kafka, sendMsMax: SEND_MS_MAX })
  const second = addSecondAuthor(pipeline)
  while (!(await knowsKey(pipeline.intakeUrl, second)))
    await new Promise((resolve) => setTimeout(resolve, 100))
  const { field, operator } = pipeline.access.keys
  return {
    pipeline,
    proxies,
    admin,
    producer,
    keys: { first: field, second, operator },
    naming: {
      subjects: { first: 'local-field', second: SECOND_AUTHOR },
      contentHashKey: readKeys(pipeline.access.secretFile).contentHash,
    },
    stop: async () => {
      await producer.close()
      await admin.close()
      await pipeline.stop()
      await Promise.all(Object.values(proxies).map((proxy) => proxy.close()))
    },
  }
}
