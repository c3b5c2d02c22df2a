import { AppError, LANDED_TOPICS, TOPICS, type Topic, topicName } from '@baqylau/contracts'
import type { LogAdmin, TopicLag } from '@baqylau/kafka'

/** The stages that read the log, by their consumer group's name less the prefix, and what each reads. */
const STAGES: Readonly<Record<string, readonly Topic[]>> = { dispatcher: ['reports'], lander: LANDED_TOPICS }

export interface StageLag {
  readonly stage: string
  readonly lag: number
  readonly topics: readonly TopicLag[]
}

export interface LogProgress {
  readonly records: Readonly<Record<string, number>>
  readonly stages: readonly StageLag[]
}

/**
 * How many records each topic holds, and how many each stage has still to commit.
 * @throws AppError `invalid_configuration` when topics are missing.
 */
export const readLogProgress = async (admin: LogAdmin, prefix: string): Promise<LogProgress> => {
  const names = TOPICS.map((topic) => topicName(prefix, topic))
  const missing = await admin.missingTopics(names)
  if (missing.length > 0) {
    throw new AppError(
      'invalid_configuration',
      `Kafka has no topic ${missing.join(', ')}. Was "baqylau topics" run? Is KAFKA_TOPIC_PREFIX right?`,
    )
  }
  const records = Object.fromEntries(await admin.recordCounts(names))
  const stages = Object.entries(STAGES).map(async ([stage, topics]): Promise<StageLag> => {
    const lags = await admin.lagOf(
      `${prefix}${stage}`,
      topics.map((topic) => topicName(prefix, topic)),
    )
    return { stage, lag: lags.reduce((sum, { lag }) => sum + lag, 0), topics: lags }
  })
  return { records, stages: await Promise.all(stages) }
}
