import { AppError, type LogPosition, topicName } from '@baqylau/contracts'
import type { LogRecord } from '@baqylau/kafka'
import type { RebuildConfig } from '../config.ts'
import { placeOf, type Stretch } from '../domain/log-stretch.ts'
import { withLogAdmin } from './log-admin.ts'
import { readPositions } from './log-positions.ts'
import { endsOf, readerOf, type ReadStretches } from './log-reading.ts'

const LITTLE_AT_ONCE = { fetchBytesMax: 250_000, partitionsAtOnce: 1 }

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
  readonly read: ReadStretches
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
    read: readerOf(KAFKA_BROKERS, LITTLE_AT_ONCE),
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
