import { Type } from '@sinclair/typebox'
import { type Environment, Port, readConfig, sharedVariables } from '@baqylau/service-kit'

const { KAFKA_BROKERS, KAFKA_TOPIC_PREFIX, REDIS_URL, SECRET_FILE, LOG_LEVEL } = sharedVariables

const Schema = Type.Object({
  KAFKA_BROKERS,
  KAFKA_TOPIC_PREFIX,
  REDIS_URL,
  SECRET_FILE,
  LOG_LEVEL,
  ENRICHER_PORT: Port(8083),
  /** Jobs in hand at once: while one waits for the broker, another is worked on. */
  ENRICHER_CONCURRENCY: Type.Integer({ minimum: 1, maximum: 64, default: 4 }),
})

export const readEnricherConfig = (env: Environment = process.env) => readConfig(Schema, 'ENRICHER_', env)
