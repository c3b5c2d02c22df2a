import { type LogAdmin, openAdmin } from './admin.ts'
import type { KafkaConnection } from './connection.ts'

export interface LogReadiness {
  /**
   * Asks the broker whether it is there and has the topics, so that readiness is the truth before the first send too, and
   * comes back by itself after an outage. Undefined when all is well, else what is wrong.
   * @throws AppError `log_unavailable` when no broker answers.
   */
  readonly check: () => Promise<string | undefined>
  readonly close: () => Promise<void>
}

export interface LogReadinessOptions extends KafkaConnection {
  readonly topics: readonly string[]
  /** What was wrong with the last write, if anything. */
  readonly writeTrouble: () => string | undefined
}

/** One question at a time, over one connection, which is made anew when it failed. */
export const createLogReadiness = (options: LogReadinessOptions): LogReadiness => {
  // The answer tells what is wrong: the client's own lines at every try would drown the log.
  const log = options.log.child({}, { level: 'error' })
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
      admin ??= openAdmin({ ...options, clientId: `${options.clientId}-readiness`, log })
      const missing = await (await admin).missingTopics(options.topics)
      return missing.length > 0
        ? `topic ${missing.join(', topic ')} is missing: run "baqylau topics"`
        : options.writeTrouble()
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
