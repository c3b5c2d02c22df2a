import { resolve } from 'node:path'
import { type ClickHouseCredentials, ensureCredentials, startClickHouse } from './clickhouse-server.ts'
import { startKafka } from './kafka.ts'
import type { ManagedProcess } from './managed-process.ts'
import { pickFreePort } from './ports.ts'
import { ensurePrerequisites, type PortNeed } from './prerequisites.ts'
import { startRedis } from './redis.ts'
import type { ExternalServers, KafkaDetour, StackPorts } from './stack-options.ts'

/** Where the stack lives. */
export interface StackOptions {
  /** Holds everything: data, logs, passwords. Made when it is not there. */
  readonly dataDir: string
  readonly ports?: StackPorts | undefined
  readonly external?: ExternalServers | undefined
  readonly kafkaDetour?: KafkaDetour | undefined
  /** Start a server again whenever it ends unasked. Default false: what was killed stays away until `restart`. */
  readonly restartsOnExit?: boolean | undefined
  /** What else will listen here: looked at with the servers' own, before anything is started. */
  readonly otherPorts?: readonly PortNeed[] | undefined
  readonly onProgress?: ((line: string) => void) | undefined
}

/** The three servers, running. */
export interface Stack {
  /**
   * What services need to find them: KAFKA_BROKERS, REDIS_URL, CLICKHOUSE_URL, CLICKHOUSE_USER,
   * CLICKHOUSE_PASSWORD; and for people, unless ClickHouse is external, CLICKHOUSE_READONLY_USER and
   * CLICKHOUSE_READONLY_PASSWORD.
   */
  readonly env: Readonly<Record<string, string>>
  /** Undefined where an external one is used; the same for the other two. */
  readonly kafka: ManagedProcess | undefined
  readonly redis: ManagedProcess | undefined
  readonly clickhouse: ManagedProcess | undefined
  /** Ends all of them, in under 10 s. */
  readonly stop: () => Promise<void>
}

interface Part {
  readonly process: ManagedProcess | undefined
  readonly env: Readonly<Record<string, string>>
}

/**
 * Starts a real Kafka, a real Redis and a real ClickHouse engine, all at once, less those that run elsewhere
 * already. They end with this process, however it ends.
 *
 * @throws Error naming all that is missing on this machine, ports in use too, before anything is started; or,
 * with what did start stopped again, naming every server that did not.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const dataDir = resolve(options.dataDir)
  const external = options.external ?? {}
  const ports = options.ports ?? {}
  const onProgress = options.onProgress ?? (() => undefined)
  const needs = {
    kafka: external.kafkaBrokers === undefined,
    redis: external.redisUrl === undefined,
    clickhouse: external.clickhouseUrl === undefined,
  }
  const common = { dataDir, external, onProgress, restartsOnExit: options.restartsOnExit ?? false }
  await ensurePrerequisites({ needs, ports, otherPorts: options.otherPorts ?? [], onProgress })
  const [kafka, redis, clickhouse] = await allOrNone([
    kafkaPart({ ...common, port: ports.kafka, detour: options.kafkaDetour }),
    redisPart({ ...common, port: ports.redis }),
    clickhousePart({ ...common, port: ports.clickhouse }),
  ])
  return {
    env: { ...kafka.env, ...redis.env, ...clickhouse.env },
    kafka: kafka.process,
    redis: redis.process,
    clickhouse: clickhouse.process,
    stop: async () => {
      await Promise.all([kafka, redis, clickhouse].map(async (part) => part.process?.stop()))
    },
  }
}

interface PartOptions {
  readonly dataDir: string
  readonly port: number | undefined
  readonly external: ExternalServers
  readonly restartsOnExit: boolean
  readonly onProgress: (line: string) => void
}

async function kafkaPart({
  external,
  ...options
}: PartOptions & { readonly detour: KafkaDetour | undefined }): Promise<Part> {
  if (external.kafkaBrokers !== undefined) {
    return { process: undefined, env: { KAFKA_BROKERS: external.kafkaBrokers } }
  }
  const port = options.port ?? (await pickFreePort())
  const process = await startKafka({ ...options, port })
  options.onProgress(`Kafka is ready on 127.0.0.1:${port}.`)
  return { process, env: { KAFKA_BROKERS: `127.0.0.1:${port}` } }
}

async function redisPart({ external, ...options }: PartOptions): Promise<Part> {
  if (external.redisUrl !== undefined) return { process: undefined, env: { REDIS_URL: external.redisUrl } }
  const port = options.port ?? (await pickFreePort())
  const process = await startRedis({ ...options, port })
  options.onProgress(`Redis is ready on 127.0.0.1:${port}.`)
  return { process, env: { REDIS_URL: `redis://127.0.0.1:${port}` } }
}

async function clickhousePart({ external, ...options }: PartOptions): Promise<Part> {
  if (external.clickhouseUrl !== undefined) return { process: undefined, env: externalClickHouse(external) }
  const port = options.port ?? (await pickFreePort())
  const credentials = ensureCredentials(options.dataDir)
  const process = await startClickHouse({ ...options, port, credentials })
  options.onProgress(`ClickHouse is ready on 127.0.0.1:${port}.`)
  return { process, env: embeddedClickHouse(port, credentials) }
}

function externalClickHouse(external: ExternalServers): Readonly<Record<string, string>> {
  return {
    CLICKHOUSE_URL: external.clickhouseUrl ?? '',
    CLICKHOUSE_USER: external.clickhouseUser ?? 'default',
    CLICKHOUSE_PASSWORD: external.clickhousePassword ?? '',
  }
}

function embeddedClickHouse(
  port: number,
  credentials: ClickHouseCredentials,
): Readonly<Record<string, string>> {
  return {
    CLICKHOUSE_URL: `http://127.0.0.1:${port}`,
    CLICKHOUSE_USER: credentials.user,
    CLICKHOUSE_PASSWORD: credentials.password,
    CLICKHOUSE_READONLY_USER: credentials.readonlyUser,
    CLICKHOUSE_READONLY_PASSWORD: credentials.readonlyPassword,
  }
}

type Parts = readonly [Part, Part, Part]

async function allOrNone(starting: readonly [Promise<Part>, Promise<Part>, Promise<Part>]): Promise<Parts> {
  const results = await Promise.allSettled(starting)
  const faults = results
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => reason as unknown)
  if (faults.length === 0) return Promise.all(starting)
  await Promise.all(
    results.map(async (result) => (result.status === 'fulfilled' ? result.value.process?.stop() : undefined)),
  )
  const messages = faults.map((fault) => (fault instanceof Error ? fault.message : String(fault)))
  throw new AggregateError(faults, messages.join('\n\n'))
}
