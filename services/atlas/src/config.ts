import { Port, readConfig, sharedVariables } from '@baqylau/service-kit'
import { type Static, Type } from '@sinclair/typebox'

const { LOG_LEVEL, CLICKHOUSE_URL, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD, KEYS_FILE, SECRET_FILE } =
  sharedVariables

const Variables = Type.Object({
  LOG_LEVEL,
  CLICKHOUSE_URL,
  CLICKHOUSE_USER,
  CLICKHOUSE_PASSWORD,
  KEYS_FILE,
  SECRET_FILE,
  ATLAS_PORT: Port(8081),
  /** The most lines that one answer of /v1/akimats/daily has. */
  ATLAS_ROWS_MAX: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 50_000 }),
  /** How many receipts one address may ask for in a minute, and keys try. */
  ATLAS_LOOKUPS_PER_MINUTE: Type.Integer({ minimum: 1, maximum: 100_000, default: 30 }),
  /** Reverse proxies that say truly, in `X-Forwarded-For`, who asks: addresses and CIDR ranges, with commas. */
  ATLAS_TRUSTED_PROXIES: Type.String({ default: '' }),
  /** How long ClickHouse may work on one query, in seconds. */
  ATLAS_QUERY_SECONDS_MAX: Type.Integer({ minimum: 1, maximum: 600, default: 20 }),
})
export type Config = Static<typeof Variables>

/** The configuration from the environment. @throws AppError `invalid_configuration`, with every fault. */
export const loadConfig = (): Config => readConfig(Variables, 'ATLAS_', process.env)
