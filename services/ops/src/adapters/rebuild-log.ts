import { LANDED_TOPICS, topicName } from '@baqylau/contracts'
import { type LogRecord, readLog } from '@baqylau/kafka'
import { createTelemetry } from '@baqylau/service-kit'
import type { RebuildConfig } from '../config.ts'
import type { Stretch } from '../domain/log-stretch.ts'
import { withLogAdmin } from './log-admin.ts'

/** As the lander reads. */
const PARTITIONS_AT_ONCE = 36
const FETCH_BYTES_MAX = 4_000_000

const { log } = createTelemetry('ops', 'silent')

/** The part of the log that lands, as a rebuild reads it: from any place, and without disturbing any stage. */
export interface RebuildLog {
  readonly ends: () => Promise<readonly Stretch[]>
  /** Up to where the lander has decided about records, by partition. */
  readonly landerPositions: () => Promise<ReadonlyMap<string, bigint>>
  readonly read: (
    stretches: readonly Stretch[],
    onBatch: (records: readonly LogRecord[]) => Promise<void>,
    signal: AbortSignal,
  ) => Promise<void>
}

type LogAccess = Pick<RebuildConfig, 'KAFKA_BROKERS' | 'KAFKA_TOPIC_PREFIX'>

export const openRebuildLog = ({ KAFKA_BROKERS, KAFKA_TOPIC_PREFIX }: LogAccess): RebuildLog => {
  const topics = LANDED_TOPICS.map((topic) => topicName(KAFKA_TOPIC_PREFIX, topic))
  return {
    ends: () => withLogAdmin(KAFKA_BROKERS, (admin) => admin.topicEnds(topics)),
    landerPositions: async () => {
      const offsets = await withLogAdmin(KAFKA_BROKERS, (admin) =>
        admin.committedOffsets(`${KAFKA_TOPIC_PREFIX}lander`, topics),
      )
      return new Map(offsets.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]))
    },
    read: (stretches, onBatch, signal) =>
      readLog({
        brokers: KAFKA_BROKERS,
        clientId: 'baqylau-rebuild',
        log,
        stretches,
        fetchBytesMax: FETCH_BYTES_MAX,
        partitionsAtOnce: PARTITIONS_AT_ONCE,
        onBatch,
        signal,
      }),
  }
}
