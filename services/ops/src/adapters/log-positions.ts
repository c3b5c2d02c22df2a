import type { LogPosition } from '@baqylau/contracts'
import type { LogRecord } from '@baqylau/kafka'
import { positionName } from '../domain/log-position.ts'
import type { Stretch } from '../domain/log-stretch.ts'
import { readingRounds } from '../domain/reading-rounds.ts'
import { endsOf, readerOf } from './log-reading.ts'

/** Messages and letters may be large, and few are wanted. */
export const FEW_AT_ONCE = { fetchBytesMax: 4_000_000, partitionsAtOnce: 1 }

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
  const left = new Map(positions.map((position) => [positionName(position), position]))
  for (const stretches of readingRounds(there)) {
    await readerOf(brokers, FEW_AT_ONCE)(stretches, async (records) => {
      const wanted = records.filter((record) => left.has(positionName(record)))
      if (wanted.length > 0) await onRecords(wanted)
      for (const record of wanted) left.delete(positionName(record))
    })
  }
  return [...left.values()]
}
