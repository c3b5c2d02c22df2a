import { Type } from '@sinclair/typebox'
import { type Environment, Port, readConfig, sharedVariables } from '@baqylau/service-kit'

const { KAFKA_BROKERS, KAFKA_TOPIC_PREFIX, REDIS_URL, SECRET_FILE, LOG_LEVEL } = sharedVariables

/** The group of the dispatchers that are always there. */
export const DEFAULT_GROUP = 'dispatcher'

const Schema = Type.Object({
  KAFKA_BROKERS,
  KAFKA_TOPIC_PREFIX,
  REDIS_URL,
  SECRET_FILE,
  LOG_LEVEL,
  DISPATCHER_PORT: Port(8082),
  /** The consumer group, behind the prefix. One of another name reads all reports from the first on, beside this one. */
  DISPATCHER_GROUP: Type.String({ pattern: '^[a-zA-Z0-9._-]{1,100}$', default: DEFAULT_GROUP }),
  /** Unfinished jobs of all dispatchers in the queue: with so many in it, nothing is added. It bounds Redis. */
  DISPATCHER_QUEUE_JOBS_MAX: Type.Integer({ minimum: 1, maximum: 100_000, default: 192 }),
  /** Of them, what this dispatcher waits for at once: of up to 100 events and 250 kB each; sealed, 0.7 MB at the very worst. */
  DISPATCHER_JOBS_IN_FLIGHT_MAX: Type.Integer({ minimum: 1, maximum: 1000, default: 64 }),
})

export const readDispatcherConfig = (env: Environment = process.env) => readConfig(Schema, 'DISPATCHER_', env)
