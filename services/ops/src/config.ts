import { fileURLToPath } from 'node:url'
import { type Static, type TObject, Type } from '@sinclair/typebox'
import { AppError, DEFAULT_PARTITIONS } from '@baqylau/contracts'
import { type Environment, readConfig, readConfiguredFile, sharedVariables } from '@baqylau/service-kit'

const log = {
  KAFKA_BROKERS: sharedVariables.KAFKA_BROKERS,
  KAFKA_TOPIC_PREFIX: sharedVariables.KAFKA_TOPIC_PREFIX,
} as const
const readSide = {
  CLICKHOUSE_URL: sharedVariables.CLICKHOUSE_URL,
  CLICKHOUSE_USER: sharedVariables.CLICKHOUSE_USER,
  CLICKHOUSE_PASSWORD: sharedVariables.CLICKHOUSE_PASSWORD,
} as const

const TopicsConfig = Type.Object({
  ...log,
  KAFKA_PARTITIONS: Type.Integer({ minimum: 1, maximum: 1000, default: DEFAULT_PARTITIONS }),
})
export type TopicsConfig = Static<typeof TopicsConfig>

/** Of an export, and of an import. */
const LogFilesConfig = TopicsConfig
export type LogFilesConfig = Static<typeof LogFilesConfig>

const MigrateConfig = Type.Object(readSide)
export type MigrateConfig = Static<typeof MigrateConfig>

const RebuildConfig = Type.Object({ ...log, ...readSide })
export type RebuildConfig = Static<typeof RebuildConfig>

const StatusConfig = Type.Object({ ...log, ...readSide, REDIS_URL: sharedVariables.REDIS_URL })
export type StatusConfig = Static<typeof StatusConfig>

const DeadLettersConfig = Type.Object({ ...log, ...readSide })
export type DeadLettersConfig = Static<typeof DeadLettersConfig>

const KeysConfig = Type.Object({
  KEYS_FILE: sharedVariables.KEYS_FILE,
  SECRET_FILE: sharedVariables.SECRET_FILE,
})
export type KeysConfig = Static<typeof KeysConfig>

/** The variables that are the command line's own. */
const own = {
  OPS_INTAKE_URL: Type.String({ pattern: '^https?://.+', default: 'http://127.0.0.1:8080' }),
  OPS_KEY: Type.String({ default: '' }),
} as const
const SubmitConfig = Type.Object(own)

/** Every command takes its own variables from one environment: those of the other commands are no fault in it. */
const readOwn = <Schema extends TObject>(schema: Schema, env: Environment): Static<Schema> => {
  const isOthers = (name: string): boolean => name in own && !(name in schema.properties)
  return readConfig(
    schema,
    'OPS_',
    Object.fromEntries(Object.entries(env).filter(([name]) => !isOthers(name))),
  )
}

/** Where reports are sent, and the key that says whose they are. */
export interface IntakeAccess {
  readonly url: string
  readonly key: string
}

/** The numbered SQL files of this repository. */
export const MIGRATIONS_DIRECTORY = fileURLToPath(
  new URL('../../../infra/clickhouse/migrations', import.meta.url),
)

export const readTopicsConfig = (env: Environment = process.env): TopicsConfig => readOwn(TopicsConfig, env)
export const readLogFilesConfig = (env: Environment = process.env): LogFilesConfig =>
  readOwn(LogFilesConfig, env)
export const readMigrateConfig = (env: Environment = process.env): MigrateConfig =>
  readOwn(MigrateConfig, env)
export const readRebuildConfig = (env: Environment = process.env): RebuildConfig =>
  readOwn(RebuildConfig, env)

/** What a second dispatcher runs with: all that this process was given, less what is the command line's own. */
export const dispatcherEnvironment = (group: string, env: Environment = process.env): Environment => ({
  ...Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('OPS_'))),
  LOG_LEVEL: 'warn',
  DISPATCHER_GROUP: group,
  DISPATCHER_PORT: '0',
})

export const readStatusConfig = (env: Environment = process.env): StatusConfig => readOwn(StatusConfig, env)
export const readDeadLettersConfig = (env: Environment = process.env): DeadLettersConfig =>
  readOwn(DeadLettersConfig, env)
export const readKeysConfig = (env: Environment = process.env): KeysConfig => readOwn(KeysConfig, env)

/**
 * The intake from `--url` or OPS_INTAKE_URL, the key from `--key-file` or OPS_KEY. There is no option for the key itself:
 * other users of the machine can read a command line.
 * @throws AppError `invalid_configuration` when there is no key, or the address is none.
 */
export const readIntakeAccess = (
  options: { readonly url?: string; readonly keyFile?: string },
  env: Environment = process.env,
): IntakeAccess => {
  const { OPS_INTAKE_URL, OPS_KEY } = readOwn(SubmitConfig, {
    ...env,
    ...(options.url === undefined ? {} : { OPS_INTAKE_URL: options.url }),
  })
  const key =
    options.keyFile === undefined ? OPS_KEY : readConfiguredFile('--key-file', options.keyFile).trim()
  if (key === '') {
    throw new AppError(
      'invalid_configuration',
      'A key is needed: set OPS_KEY, or name a file with --key-file.',
    )
  }
  return { url: OPS_INTAKE_URL.replace(/\/+$/, ''), key }
}
