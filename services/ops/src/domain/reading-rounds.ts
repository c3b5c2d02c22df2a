import type { LogPosition } from '@baqylau/contracts'
import type { Stretch } from './log-stretch.ts'

/** To read over so many records takes about as long as to begin anew behind them. */
const GAP_RECORDS_MAX = 50_000n

const isFar = (last: Stretch, offset: bigint): boolean => offset - last.high > GAP_RECORDS_MAX

const stretchesOf = (topic: string, partition: number, offsets: readonly bigint[]): readonly Stretch[] => {
  const stretches: Stretch[] = []
  for (const offset of offsets.toSorted((a, b) => Number(a - b))) {
    const last = stretches.at(-1)
    if (last === undefined || isFar(last, offset))
      stretches.push({ topic, partition, low: offset, high: offset + 1n })
    else stretches[stretches.length - 1] = { ...last, high: offset + 1n }
  }
  return stretches
}

/**
 * What has to be read of the log to come by all of the positions: rounds of at most one stretch per partition. Messages that
 * lie close together are read in one round, with what is between them; what is far off has a round of its own.
 */
export const readingRounds = (positions: readonly LogPosition[]): readonly (readonly Stretch[])[] => {
  const partitions = Map.groupBy(positions, ({ topic, partition }) => `${topic}/${partition}`)
  const stretches = [...partitions.values()].map((same) => {
    const [first] = same
    return first === undefined
      ? []
      : stretchesOf(
          first.topic,
          first.partition,
          same.map(({ offset }) => BigInt(offset)),
        )
  })
  const rounds = Math.max(0, ...stretches.map(({ length }) => length))
  return Array.from({ length: rounds }, (_, round) =>
    stretches.flatMap((ofPartition) => ofPartition[round] ?? []),
  )
}
