/** The topics of the event log, by what they carry. On the broker each has the prefix of the deployment before it. */
export const TOPICS = ['reports', 'enrichments', 'incidents', 'decisions', 'dead-letters'] as const
export type Topic = (typeof TOPICS)[number]

/** The topics that have something for ClickHouse. */
export const LANDED_TOPICS = ['reports', 'enrichments', 'dead-letters'] as const satisfies readonly Topic[]

export const DEFAULT_TOPIC_PREFIX = 'baqylau.'
export const DEFAULT_PARTITIONS = 12

/** A message of the log may have this many bytes; topics are made so. */
export const MESSAGE_BYTES_MAX = 4_194_304

export const topicName = (prefix: string, topic: Topic): string => `${prefix}${topic}`

/** The topic that a broker's name stands for, under this prefix. @throws TypeError when it is none of ours. */
export const topicOf = (prefix: string, name: string): Topic => {
  const topic = TOPICS.find((one) => topicName(prefix, one) === name)
  if (topic === undefined) throw new TypeError(`${name} is no topic of the prefix ${prefix}`)
  return topic
}

export interface TopicSpecification {
  readonly topic: string
  readonly partitions: number
  readonly config: Readonly<Record<string, string>>
}

/** Every topic as it must be: kept for ever, never compacted; `incidents` has one partition, since its order matters. */
export const topicSpecifications = (prefix: string, partitions: number): readonly TopicSpecification[] =>
  TOPICS.map((topic) => ({
    topic: topicName(prefix, topic),
    partitions: topic === 'incidents' ? 1 : partitions,
    config: {
      'cleanup.policy': 'delete',
      'retention.ms': '-1',
      'retention.bytes': '-1',
      'max.message.bytes': String(MESSAGE_BYTES_MAX),
    },
  }))
