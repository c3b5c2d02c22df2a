import type { User } from './authentication.ts'

/** How this server runs. */
export interface ServerConfig {
  readonly dataDir: string
  readonly port: number
  readonly users: readonly User[]
}

/**
 * Reads the environment.
 *
 * @throws Error naming every variable that is missing at once.
 */
export function readServerConfig(env: Readonly<NodeJS.ProcessEnv> = process.env): ServerConfig {
  const missing: string[] = []
  const required = (name: string): string => {
    const value = env[name] ?? ''
    if (value === '') missing.push(name)
    return value
  }
  const config: ServerConfig = {
    dataDir: required('CLICKHOUSE_DATA_DIR'),
    port: Number(required('CLICKHOUSE_PORT')),
    users: [
      {
        name: required('CLICKHOUSE_USER'),
        password: required('CLICKHOUSE_PASSWORD'),
        access: 'everything',
      },
      {
        name: required('CLICKHOUSE_READONLY_USER'),
        password: required('CLICKHOUSE_READONLY_PASSWORD'),
        access: 'reading',
      },
    ],
  }
  if (missing.length > 0) throw new Error(`Not set: ${missing.join(', ')}.`)
  return config
}
