import { LANDED_TOPICS, topicName } from '@baqylau/contracts'
import type { RebuildConfig } from '../config.ts'
import { placeOf, type Stretch } from '../domain/log-stretch.ts'
import { withLogAdmin } from './log-admin.ts'
import { endsOf, readerOf, type ReadStretches } from './log-reading.ts'

const AS_THE_LANDER = { fetchBytesMax: 4_000_000, partitionsAtOnce: 36 }

/** The part of the log that lands, as a rebuild reads it: from any place, and without disturbing any stage. */
export interface RebuildLog {
  readonly ends: () => Promise<readonly Stretch[]>
  /** Up to where the lander has decided about records, by partition. */
  readonly landerPositions: () => Promise<ReadonlyMap<string, bigint>>
  readonly read: ReadStretches
}

type LogAccess = Pick<RebuildConfig, 'KAFKA_BROKERS' | 'KAFKA_TOPIC_PREFIX'>

export const openRebuildLog = ({ KAFKA_BROKERS, KAFKA_TOPIC_PREFIX }: LogAccess): RebuildLog => {
  const topics = LANDED_TOPICS.map((topic) => topicName(KAFKA_TOPIC_PREFIX, topic))
  return {
    ends: () => endsOf(KAFKA_BROKERS, topics),
    landerPositions: async () => {
      const offsets = await withLogAdmin(KAFKA_BROKERS, (admin) =>
        admin.committedOffsets(`${KAFKA_TOPIC_PREFIX}lander`, topics),
      )
      return new Map(offsets.map(({ topic, partition, offset }) => [placeOf(topic, partition), offset]))
    },
    read: readerOf(KAFKA_BROKERS, AS_THE_LANDER),
  }
}
