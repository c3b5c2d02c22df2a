import { AppError } from '@baqylau/contracts'
import { type LogRecord, readLog } from '@baqylau/kafka'
import { createTelemetry } from '@baqylau/service-kit'
import { formatPosition, type LogPosition } from '../domain/dead-letter.ts'
import { readingRounds, type Stretch } from '../domain/reading-rounds.ts'
import { withLogAdmin } from './log-admin.ts'

const FETCH_BYTES_MAX = 4_000_000
/** Standard output is the command's answer, so the client's own log is silent. */
const { log } = createTelemetry('ops', 'silent')

/** Reads stretches of the log, a partition at a time. @throws AppError `log_unavailable`, or what `onRecords` throws. */
export const readStretches = (
  brokers: string,
  stretches: readonly Stretch[],
  onRecords: (records: readonly LogRecord[]) => Promise<void>,
): Promise<void> =>
  readLog({
    brokers,
    clientId: 'baqylau-ops',
    log,
    stretches,
    fetchBytesMax: FETCH_BYTES_MAX,
    partitionsAtOnce: 1,
    onBatch: onRecords,
  })

/** Where the partitions of topics begin and end. @throws AppError `invalid_configuration` when a topic is missing. */
export const endsOf = (brokers: string, topics: readonly string[]): Promise<readonly Stretch[]> =>
  withLogAdmin(brokers, async (admin) => {
    const missing = await admin.missingTopics(topics)
    if (missing.length === 0) return admin.topicEnds(topics)
    throw new AppError(
      'invalid_configuration',
      `Kafka has no topic ${missing.join(', ')}. Is it the right Kafka, and is KAFKA_TOPIC_PREFIX right?`,
    )
  })

const contains = ({ topic, partition, low, high }: Stretch, position: LogPosition): boolean =>
  topic === position.topic &&
  partition === position.partition &&
  BigInt(position.offset) >= low &&
  BigInt(position.offset) < high

/**
 * Hands over the records at these positions, a few at a time, those of a partition in order. Returns the positions at which
 * the log has nothing. @throws AppError `log_unavailable`, or what `onRecords` throws.
 */
export const readPositions = async (
  brokers: string,
  positions: readonly LogPosition[],
  onRecords: (records: readonly LogRecord[]) => Promise<void>,
): Promise<readonly LogPosition[]> => {
  const ends = await endsOf(brokers, [...new Set(positions.map(({ topic }) => topic))])
  const there = positions.filter((position) => ends.some((partition) => contains(partition, position)))
  const left = new Map(positions.map((position) => [formatPosition(position), position]))
  for (const stretches of readingRounds(there)) {
    await readStretches(brokers, stretches, async (records) => {
      const wanted = records.filter((record) => left.has(formatPosition(record)))
      if (wanted.length > 0) await onRecords(wanted)
      for (const record of wanted) left.delete(formatPosition(record))
    })
  }
  return [...left.values()]
}
