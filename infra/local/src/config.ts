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
  const port = (name: string, fallback: number): number => {
    const text = env[name]
    if (text === undefined || text === '') return fallback
    const value = Number(text)
    if (Number.isInteger(value) && value > 0 && value <= 65_535) return value
    faults.push(`${name} is ${JSON.stringify(text)}: it has to be a port, from 1 to 65535.`)
    return fallback
  }
  const ports = {
    kafka: port('KAFKA_PORT', DEFAULT_PORTS.kafka),
    redis: port('REDIS_PORT', DEFAULT_PORTS.redis),
    clickhouse: port('CLICKHOUSE_PORT', DEFAULT_PORTS.clickhouse),
  }
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return { ports, external: readExternalServers(env) }
}

function readExternalServers(env: Readonly<NodeJS.ProcessEnv>): ExternalServers {
  const given = (name: string): string | undefined => (env[name] === '' ? undefined : env[name])
  return {
    kafkaBrokers: given('KAFKA_BROKERS'),
    redisUrl: given('REDIS_URL'),
    clickhouseUrl: given('CLICKHOUSE_URL'),
    clickhouseUser: given('CLICKHOUSE_USER'),
    clickhousePassword: given('CLICKHOUSE_PASSWORD'),
  }
}
