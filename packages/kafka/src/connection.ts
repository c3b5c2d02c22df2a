import { Kafka, logLevel, type logCreator } from 'kafkajs'
import type { Logger } from '@baqylau/service-kit'
import { registerZstd } from './compression.ts'

export interface KafkaConnection {
  readonly brokers: string
  /** Shown in the broker's logs and quotas: the service's name. */
  readonly clientId: string
  readonly log: Logger
}

const LEVELS = new Map([
  [logLevel.ERROR, 'error'],
  [logLevel.WARN, 'warn'],
] as const)

/**
 * kafkajs warns of this whenever an idempotent producer has a bound on its retries. It fears that a batch is written twice;
 * our events have ids that make that harmless, and a producer whose send failed is never used again.
 */
const EXPECTED = 'Limiting retries for the idempotent producer may invalidate EoS guarantees'

/** kafkajs speaks to our logger; what it calls an error is mostly a retry, so nothing of it is above a warning. */
const logTo =
  (log: Logger): logCreator =>
  () =>
  ({ level, log: { message, error } }) => {
    const name = LEVELS.get(level as logLevel.ERROR | logLevel.WARN)
    if (name === undefined || message === EXPECTED) log.debug({ error }, message)
    else log.warn({ error }, message)
  }

registerZstd()

/** A client of the brokers. Nothing is connected yet. */
export const connectTo = ({ brokers, clientId, log }: KafkaConnection): Kafka =>
  new Kafka({
    brokers: brokers.split(','),
    clientId,
    connectionTimeout: 3000,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 100, maxRetryTime: 2000, retries: 5 },
    logLevel: logLevel.WARN,
    logCreator: logTo(log),
  })
