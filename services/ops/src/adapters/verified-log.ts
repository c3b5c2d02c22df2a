import { AppError, type LogPosition, topicName } from '@baqylau/contracts'
import { type LogRecord, readLog } from '@baqylau/kafka'
import { createTelemetry } from '@baqylau/service-kit'
import type { RebuildConfig } from '../config.ts'
import { placeOf, type Stretch } from '../domain/log-stretch.ts'
import { withLogAdmin } from './log-admin.ts'
import { endsOf, readPositions } from './log-positions.ts'

/** As they are in the log, compressed: unpacked they are some ten times as many. */
const FETCH_BYTES_MAX = 250_000
const PARTITIONS_AT_ONCE = 1

const { log } = createTelemetry('ops', 'silent')

export const REPORT_TOPICS = ['reports', 'enrichments'] as const
export const LETTER_TOPICS = ['dead-letters'] as const
type VerifiedTopic = (typeof REPORT_TOPICS | typeof LETTER_TOPICS)[number]

/** By `topic/partition`: the offset that a stage reads next. */
export type CommittedPositions = ReadonlyMap<string, bigint>

/** The log as it is verified: read, and nothing of it committed. */
export interface VerifiedLog {
  readonly topics: (names: readonly VerifiedTopic[]) => readonly string[]
  readonly ends: (names: readonly VerifiedTopic[]) => Promise<readonly Stretch[]>
  readonly committedBy: (
    stage: 'dispatcher' | 'lander',
    names: readonly VerifiedTopic[],
  ) => Promise<CommittedPositions>
  readonly read: (
    stretches: readonly Stretch[],
    onBatch: (records: readonly LogRecord[]) => Promise<void>,
    signal: AbortSignal,
  ) => Promise<void>
  /** Hands over the records at these positions. */
  readonly readAt: (
    positions: readonly LogPosition[],
    onRecords: (records: readonly LogRecord[]) => Promise<void>,
  ) => Promise<void>
}

/** @throws AppError `log_unavailable`, or `invalid_configuration` when a topic is missing. */
export const openVerifiedLog = ({ KAFKA_BROKERS, KAFKA_TOPIC_PREFIX }: RebuildConfig): VerifiedLog => {
  const topics: VerifiedLog['topics'] = (names) => names.map((name) => topicName(KAFKA_TOPIC_PREFIX, name))
  return {
    topics,
    ends: (names) => endsOf(KAFKA_BROKERS, topics(names)),
    committedBy: async (stage, names) => {
      const offsets = await withLogAdmin(KAFKA_BROKERS, (admin) =>
        admin.committedOffsets(`${KAFKA_TOPIC_PREFIX}${stage}`, topics(names)),
      )
      return new Map(offsets.map(({ topic, partition, offset }) => [placeOf(topic, partition), offset]))
    },
    read: (stretches, onBatch, signal) =>
      readLog({
        brokers: KAFKA_BROKERS,
        clientId: 'baqylau-verify',
        log,
        stretches,
        fetchBytesMax: FETCH_BYTES_MAX,
        partitionsAtOnce: PARTITIONS_AT_ONCE,
        onBatch,
        signal,
      }),
    readAt: async (positions, onRecords) => {
      await readPositions(KAFKA_BROKERS, positions, onRecords)
    },
  }
}

/** The stage that did not come as far as the log within the time that was given. */
export const isBehind = (stage: string, waitSeconds: number): AppError =>
  new AppError(
    'read_side_not_ready',
    `The ${stage} has not come to the end of the log within ${waitSeconds} s. Is it running? "baqylau status" says how far it is.`,
  )
