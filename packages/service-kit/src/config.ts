import { readFileSync } from 'node:fs'
import type { Static, TObject } from '@sinclair/typebox'
import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { AppError, DEFAULT_TOPIC_PREFIX, type Fault } from '@baqylau/contracts'
import { convertText } from './convert-text.ts'

export type Environment = Readonly<Record<string, string | undefined>>

const Url = (scheme: string, fallback: string) =>
  Type.String({ pattern: `^${scheme}://.+`, default: fallback })
export const Port = (fallback: number) => Type.Integer({ minimum: 0, maximum: 65_535, default: fallback })

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const DEFAULT_LOG_LEVEL = 'info'

/** The variables that services share; a service takes those it needs into its own schema. */
export const sharedVariables = {
  LOG_LEVEL: Type.Union(
    LOG_LEVELS.map((level) => Type.Literal(level)),
    { default: DEFAULT_LOG_LEVEL },
  ),
  KAFKA_BROKERS: Type.String({ pattern: '^[^,\\s]+:\\d+(,[^,\\s]+:\\d+)*$', default: '127.0.0.1:9092' }),
  KAFKA_TOPIC_PREFIX: Type.String({ pattern: '^[a-zA-Z0-9._-]{0,100}$', default: DEFAULT_TOPIC_PREFIX }),
  REDIS_URL: Url('rediss?', 'redis://127.0.0.1:6379'),
  CLICKHOUSE_URL: Url('https?', 'http://127.0.0.1:8123'),
  CLICKHOUSE_USER: Type.String({ minLength: 1, default: 'default' }),
  CLICKHOUSE_PASSWORD: Type.String({ default: '' }),
  KEYS_FILE: Type.String({ minLength: 1 }),
  SECRET_FILE: Type.String({ minLength: 1 }),
  ATLAS_PUBLIC_URL: Url('https?', 'http://127.0.0.1:8081'),
} as const

/** The level to log at before the configuration is read, which then says what is wrong with LOG_LEVEL. */
export const readLogLevel = (env: Environment = process.env): string =>
  LOG_LEVELS.find((level) => level === env['LOG_LEVEL']) ?? DEFAULT_LOG_LEVEL

const unknownNames = (env: Environment, prefix: string, known: readonly string[]): readonly Fault[] =>
  Object.keys(env)
    .filter((name) => name.startsWith(prefix) && !known.includes(name))
    .map((name) => ({ path: name, message: 'is not a variable of this service' }))

/**
 * The configuration of a service from its environment: defaults filled in, numbers converted, an empty value taken as
 * absent. A name that begins like the service's own and is none of them is a fault.
 * @throws AppError `invalid_configuration` that names every fault at once; values are not repeated.
 */
export const readConfig = <Schema extends TObject>(
  schema: Schema,
  prefix: string,
  env: Environment,
): Static<Schema> => {
  const names = Object.keys(schema.properties)
  const given = Object.fromEntries(
    names.filter((name) => (env[name] ?? '') !== '').map((name) => [name, env[name]]),
  )
  const value = convertText(schema, Value.Default(schema, given) as Readonly<Record<string, unknown>>)
  const faults = [...Value.Errors(schema, value)].map(({ path, message }) => ({
    path: path.slice(1),
    message,
  }))
  const all = [...faults, ...unknownNames(env, prefix, [...names, ...Object.keys(sharedVariables)])]
  if (all.length > 0) {
    const lines = [...new Map(all.map(({ path, message }) => [path, `  ${path}: ${message}`])).values()]
    throw new AppError(
      'invalid_configuration',
      `The environment has ${lines.length} fault(s):\n${lines.join('\n')}`,
    )
  }
  return value
}

/** Reads a file that a variable names. @throws AppError `invalid_configuration` that says which variable. */
export const readConfiguredFile = (variable: string, file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new AppError(
      'invalid_configuration',
      `${variable}: ${file} cannot be read. Make it, or point ${variable} elsewhere.`,
      { cause },
    )
  }
}
