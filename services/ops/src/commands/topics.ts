import type { Command } from 'commander'
import { topicSpecifications } from '@baqylau/contracts'
import { withLogAdmin } from '../adapters/log-admin.ts'
import { readTopicsConfig, type TopicsConfig } from '../config.ts'
import { topicDifferences } from '../domain/topic-differences.ts'
import { alignColumns, type Outcome, type Run } from '../outcome.ts'

interface TopicShown {
  readonly topic: string
  readonly created: boolean
  readonly records: number
  /** In what it is not as it must be. */
  readonly differs: readonly string[]
}

/**
 * Makes the topics of the event log that are missing, and looks at those that exist: how they differ is told, with exit code
 * 1, and left to the operator. A topic that deletes or compacts loses reports.
 * @throws AppError `log_unavailable`.
 */
export const ensureTopics = (config: TopicsConfig): Promise<Outcome> =>
  withLogAdmin(config.KAFKA_BROKERS, async (admin) => {
    const wanted = topicSpecifications(config.KAFKA_TOPIC_PREFIX, config.KAFKA_PARTITIONS)
    const created = new Set(await admin.ensureTopics(wanted))
    // A topic that was just made has no records, is as it must be, and perhaps has no leader to ask yet.
    const existing = wanted.filter(({ topic }) => !created.has(topic))
    const records = await admin.recordCounts(existing.map(({ topic }) => topic))
    const found = new Map((await admin.describeTopics(existing)).map((each) => [each.topic, each]))
    const topics: readonly TopicShown[] = wanted.map((each) => ({
      topic: each.topic,
      created: created.has(each.topic),
      records: records.get(each.topic) ?? 0,
      differs: topicDifferences(each, found.get(each.topic) ?? each),
    }))
    const allAreRight = topics.every(({ differs }) => differs.length === 0)
    return { document: { topics }, text: describe(topics), exitCode: allAreRight ? 0 : 1 }
  })

const describe = (topics: readonly TopicShown[]): string => {
  const standing = ({ created, differs }: TopicShown): string => {
    if (created) return 'created'
    return differs.length === 0 ? 'exists' : `is not as it must be: ${differs.join(', ')}`
  }
  return alignColumns(topics.map((each) => [each.topic, each.records, standing(each)]))
}

export const addTopicsCommand = (program: Command, run: Run): void => {
  program
    .command('topics')
    .description('Make the topics of the event log that are missing, and list all with their records.')
    .addHelpText(
      'after',
      '\nKAFKA_PARTITIONS (12) is how many partitions topics have; `incidents` has one. Nothing that exists is changed:' +
        '\nwhat differs is told, with exit code 1, and is mended with kafka-configs.sh and kafka-topics.sh.',
    )
    .action(() => run(() => ensureTopics(readTopicsConfig())))
}
