import kafkajs, { type Admin } from 'kafkajs'
import { AppError, type TopicSpecification } from '@baqylau/contracts'
import { connectTo, type KafkaConnection } from './connection.ts'

export interface TopicLag {
  readonly topic: string
  /** Records that the group has not committed yet. */
  readonly lag: number
}

/** One partition: its first offset, and the one that the next record gets. */
export interface PartitionEnds {
  readonly topic: string
  readonly partition: number
  readonly low: bigint
  readonly high: bigint
}

/** The offset of the next record that a group will read; 0 when it has committed nothing. */
export interface CommittedOffset {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
}

export interface LogAdmin {
  /** Makes the topics that are missing, and returns their names. What exists is left as it is. */
  readonly ensureTopics: (topics: readonly TopicSpecification[]) => Promise<readonly string[]>
  /** Those of the names that the broker does not have. */
  readonly missingTopics: (names: readonly string[]) => Promise<readonly string[]>
  /** These topics, which exist, as they are: with the partitions they have, and what the parameters named here are set to. */
  readonly describeTopics: (topics: readonly TopicSpecification[]) => Promise<readonly TopicSpecification[]>
  /** How many records each topic holds. */
  readonly recordCounts: (names: readonly string[]) => Promise<ReadonlyMap<string, number>>
  /** How far a consumer group is behind, by topic. */
  readonly lagOf: (groupId: string, names: readonly string[]) => Promise<readonly TopicLag[]>
  /** Where every partition of these topics begins and ends now. */
  readonly topicEnds: (names: readonly string[]) => Promise<readonly PartitionEnds[]>
  /** How far a consumer group has committed, by partition. */
  readonly committedOffsets: (
    groupId: string,
    names: readonly string[],
  ) => Promise<readonly CommittedOffset[]>
  /** Forgets a consumer group that has no members, and what it has committed. */
  readonly deleteGroup: (groupId: string) => Promise<void>
  readonly close: () => Promise<void>
}

const topicEnds = async (admin: Admin, names: readonly string[]): Promise<readonly PartitionEnds[]> => {
  const ends = names.map(async (topic) =>
    (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => ({
      topic,
      partition,
      low: BigInt(low),
      high: BigInt(high),
    })),
  )
  return (await Promise.all(ends)).flat()
}

const committedOffsets = async (
  admin: Admin,
  groupId: string,
  names: readonly string[],
): Promise<readonly CommittedOffset[]> => {
  const topics = await admin.fetchOffsets({ groupId, topics: [...names] })
  return topics.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, offset }) => ({
      topic,
      partition,
      // -1 stands for none.
      offset: BigInt(offset) < 0n ? 0n : BigInt(offset),
    })),
  )
}

const ensureTopics = async (
  admin: Admin,
  topics: readonly TopicSpecification[],
): Promise<readonly string[]> => {
  const existing = new Set(await admin.listTopics())
  const missing = topics.filter(({ topic }) => !existing.has(topic))
  if (missing.length === 0) return []
  await admin.createTopics({
    waitForLeaders: true,
    topics: missing.map(({ topic, partitions, config }) => ({
      topic,
      numPartitions: partitions,
      configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
    })),
  })
  return missing.map(({ topic }) => topic)
}

const describeTopics = async (
  admin: Admin,
  topics: readonly TopicSpecification[],
): Promise<readonly TopicSpecification[]> => {
  if (topics.length === 0) return []
  const [metadata, described] = await Promise.all([
    admin.fetchTopicMetadata({ topics: topics.map(({ topic }) => topic) }),
    admin.describeConfigs({
      includeSynonyms: false,
      resources: topics.map(({ topic, config }) => ({
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: topic,
        configNames: Object.keys(config),
      })),
    }),
  ])
  const partitions = new Map(metadata.topics.map(({ name, partitions: all }) => [name, all.length]))
  return described.resources.map(({ resourceName, configEntries }) => ({
    topic: resourceName,
    partitions: partitions.get(resourceName) ?? 0,
    config: Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue])),
  }))
}

const lagOfTopic = async (admin: Admin, groupId: string, topic: string): Promise<TopicLag> => {
  const ends = await admin.fetchTopicOffsets(topic)
  const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] })
  const done = new Map(
    committed?.partitions.map(({ partition, offset }) => [partition, Math.max(Number(offset), 0)]),
  )
  const lag = ends.reduce(
    (sum, { partition, high, low }) => sum + Number(high) - Math.max(done.get(partition) ?? 0, Number(low)),
    0,
  )
  return { topic, lag }
}

/** Connects to the brokers. @throws AppError `log_unavailable` when none answers. */
export const openAdmin = async (connection: KafkaConnection): Promise<LogAdmin> => {
  const admin = connectTo(connection).admin()
  try {
    await admin.connect()
  } catch (cause) {
    throw new AppError(
      'log_unavailable',
      `No Kafka broker answers at ${connection.brokers}. Is it running? Is KAFKA_BROKERS right?`,
      { cause },
    )
  }
  return {
    ensureTopics: (topics) => ensureTopics(admin, topics),
    missingTopics: async (names) => {
      const existing = new Set(await admin.listTopics())
      return names.filter((name) => !existing.has(name))
    },
    describeTopics: (topics) => describeTopics(admin, topics),
    recordCounts: async (names) => {
      const counts = names.map(async (name) => {
        const partitions = await admin.fetchTopicOffsets(name)
        return [name, partitions.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0)] as const
      })
      return new Map(await Promise.all(counts))
    },
    lagOf: (groupId, names) => Promise.all(names.map((name) => lagOfTopic(admin, groupId, name))),
    topicEnds: (names) => topicEnds(admin, names),
    committedOffsets: (groupId, names) => committedOffsets(admin, groupId, names),
    deleteGroup: async (groupId) => {
      await admin.deleteGroups([groupId])
    },
    close: () => admin.disconnect(),
  }
}
