import { join } from 'node:path'
import { pickFreePort } from './ports.ts'
import type { ExternalServers, StackPorts } from './stack-options.ts'

/** What the environment says about the embedded stack. */
export interface StackEnvironment {
  readonly external: ExternalServers
  readonly ports: StackPorts
}

/** The environment that child processes start from. */
export const inheritedEnvironment: Readonly<NodeJS.ProcessEnv> = process.env

/** The folders in which commands are looked for. */
export const commandPath: readonly string[] = (process.env['PATH'] ?? '')
  .split(':')
  .filter((folder) => folder !== '')

const DEFAULT_PORTS = { kafka: 9092, redis: 6379, clickhouse: 8123 } as const

/**
 * Which servers are there already, and on which ports to start the others.
 *
 * @throws Error naming every variable that is not a port at once.
 */
export function readStackEnvironment(env: Readonly<NodeJS.ProcessEnv> = process.env): StackEnvironment {
  const faults: string[] = []
  const ports = {
    kafka: readPort(env, 'KAFKA_PORT', DEFAULT_PORTS.kafka, faults),
    redis: readPort(env, 'REDIS_PORT', DEFAULT_PORTS.redis, faults),
    clickhouse: readPort(env, 'CLICKHOUSE_PORT', DEFAULT_PORTS.clickhouse, faults),
  }
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return { ports, external: readExternalServers(env) }
}

function readPort(
  env: Readonly<NodeJS.ProcessEnv>,
  name: string,
  fallback: number,
  faults: string[],
): number {
  const text = given(env, name)
  if (text === undefined) return fallback
  const value = Number(text)
  if (Number.isInteger(value) && value > 0 && value <= 65_535) return value
  faults.push(`${name} is ${JSON.stringify(text)}: it has to be a port, from 1 to 65535.`)
  return fallback
}

const given = (env: Readonly<NodeJS.ProcessEnv>, name: string): string | undefined =>
  env[name] === '' ? undefined : env[name]

function readExternalServers(env: Readonly<NodeJS.ProcessEnv>): ExternalServers {
  return {
    kafkaBrokers: given(env, 'KAFKA_BROKERS'),
    redisUrl: given(env, 'REDIS_URL'),
    clickhouseUrl: given(env, 'CLICKHOUSE_URL'),
    clickhouseUser: given(env, 'CLICKHOUSE_USER'),
    clickhousePassword: given(env, 'CLICKHOUSE_PASSWORD'),
  }
}

/** What the environment says about the whole pipeline. */
export interface PipelineEnvironment extends StackEnvironment {
  /** Holds everything that has to survive a restart. */
  readonly dataDir: string
  readonly servicePorts: Readonly<Record<'intake' | 'dispatcher' | 'enricher' | 'lander' | 'atlas', number>>
  readonly lang: string | undefined
}

const REPOSITORY = join(import.meta.dirname, '..', '..', '..')
const INTAKE_PORT = 8080
const ATLAS_PORT = 8081

/**
 * The same for the services: intake and atlas have known ports, since people type them; the others take free ones.
 *
 * @throws Error naming every variable that is not a port at once.
 */
export async function readPipelineEnvironment(
  env: Readonly<NodeJS.ProcessEnv> = process.env,
): Promise<PipelineEnvironment> {
  const [dispatcher, enricher, lander] = await Promise.all([pickFreePort(), pickFreePort(), pickFreePort()])
  const faults: string[] = []
  const servicePorts = {
    intake: readPort(env, 'INTAKE_PORT', INTAKE_PORT, faults),
    atlas: readPort(env, 'ATLAS_PORT', ATLAS_PORT, faults),
    dispatcher: readPort(env, 'DISPATCHER_PORT', dispatcher, faults),
    enricher: readPort(env, 'ENRICHER_PORT', enricher, faults),
    lander: readPort(env, 'LANDER_PORT', lander, faults),
  }
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return {
    ...readStackEnvironment(env),
    servicePorts,
    dataDir: given(env, 'BAQYLAU_DATA_DIR') ?? join(REPOSITORY, '.baqylau', 'data'),
    lang: given(env, 'LC_ALL') ?? given(env, 'LANG'),
  }
}
