import { Type } from '@sinclair/typebox'
import { type Environment, Port, readConfig, sharedVariables } from '@baqylau/service-kit'

const { KAFKA_BROKERS, KAFKA_TOPIC_PREFIX, CLICKHOUSE_URL, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD, LOG_LEVEL } =
  sharedVariables

const Schema = Type.Object({
  KAFKA_BROKERS,
  KAFKA_TOPIC_PREFIX,
  CLICKHOUSE_URL,
  CLICKHOUSE_USER,
  CLICKHOUSE_PASSWORD,
  LOG_LEVEL,
  LANDER_PORT: Port(8084),
  /** A block is written when it has this many rows or bytes, or its first row has waited so long. */
  LANDER_BATCH_ROWS_MAX: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 50_000 }),
  LANDER_BATCH_BYTES_MAX: Type.Integer({ minimum: 1024, maximum: 100_000_000, default: 16_000_000 }),
  /**
   * An insert that takes longer counts as failed, and is tried again: it may have been done, which does no harm. Less than the
   * minute without progress that liveness takes for stuck.
   */
  LANDER_INSERT_MS_MAX: Type.Integer({ minimum: 1000, maximum: 50_000, default: 30_000 }),
  LANDER_LINGER_MS: Type.Integer({ minimum: 0, maximum: 60_000, default: 50 }),
})

export const readLanderConfig = (env: Environment = process.env) => readConfig(Schema, 'LANDER_', env)
