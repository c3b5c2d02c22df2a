import type { Command } from 'commander'
import { topicSpecifications } from '@baqylau/contracts'
import { withLogAdmin } from '../adapters/log-admin.ts'
import { readTopicsConfig, type TopicsConfig } from '../config.ts'
import { alignColumns, type Outcome, type Run } from '../outcome.ts'

interface TopicShown {
  readonly topic: string
  readonly created: boolean
  readonly records: number
}

/**
 * Makes the topics of the event log that are missing; those that exist are left as they are.
 * @throws AppError `log_unavailable`.
 */
export const ensureTopics = (config: TopicsConfig): Promise<Outcome> =>
  withLogAdmin(config.KAFKA_BROKERS, async (admin) => {
    const wanted = topicSpecifications(config.KAFKA_TOPIC_PREFIX, config.KAFKA_PARTITIONS)
    const created = new Set(await admin.ensureTopics(wanted))
    // A topic that was just made has no records, and perhaps no leader to ask yet.
    const records = await admin.recordCounts(
      wanted.map(({ topic }) => topic).filter((topic) => !created.has(topic)),
    )
    const topics: readonly TopicShown[] = wanted.map(({ topic }) => ({
      topic,
      created: created.has(topic),
      records: records.get(topic) ?? 0,
    }))
    return { document: { topics }, text: describe(topics), exitCode: 0 }
  })

const describe = (topics: readonly TopicShown[]): string =>
  alignColumns(topics.map(({ topic, created, records }) => [topic, records, created ? 'created' : 'exists']))

export const addTopicsCommand = (program: Command, run: Run): void => {
  program
    .command('topics')
    .description('Make the topics of the event log that are missing, and list them with their records.')
    .addHelpText(
      'after',
      '\nKAFKA_PARTITIONS (12) holds for topics that are made now, not for those that exist.',
    )
    .action(() => run(() => ensureTopics(readTopicsConfig())))
}
