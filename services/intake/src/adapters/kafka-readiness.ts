import { topicName } from '@baqylau/contracts'
import { type LogAdmin, openAdmin } from '@baqylau/kafka'
import type { Check, Logger } from '@baqylau/service-kit'
import type { IntakeConfig } from '../config.ts'

export interface KafkaReadiness {
  /** Asks the broker whether it is there and has the topic: so that readiness comes back by itself after an outage. */
  readonly check: Check
  readonly close: () => Promise<void>
}

export interface KafkaReadinessParts {
  readonly config: IntakeConfig
  readonly log: Logger
  /** What was wrong with the last write, if anything. */
  readonly writeTrouble: () => string | undefined
}

/** One question at a time, over one connection, which is made anew when it failed. */
export const createKafkaReadiness = ({ config, log, writeTrouble }: KafkaReadinessParts): KafkaReadiness => {
  const topic = topicName(config.KAFKA_TOPIC_PREFIX, 'reports')
  // The answer tells what is wrong: the client's own lines at every try would drown the log.
  const quiet = log.child({}, { level: 'error' })
  let admin: Promise<LogAdmin> | undefined
  let asking: Promise<string | undefined> | undefined

  const close = async (): Promise<void> => {
    const opened = admin
    admin = undefined
    await opened?.then(
      (connected) => connected.close(),
      () => undefined,
    )
  }
  const ask = async (): Promise<string | undefined> => {
    try {
      admin ??= openAdmin({ brokers: config.KAFKA_BROKERS, clientId: 'intake-readiness', log: quiet })
      const missing = await (await admin).missingTopics([topic])
      return missing.length > 0 ? `topic ${topic} is missing: run "baqylau topics"` : writeTrouble()
    } catch (error) {
      await close()
      throw error
    }
  }
  return {
    check: () => {
      asking ??= ask().finally(() => {
        asking = undefined
      })
      return asking
    },
    close,
  }
}
