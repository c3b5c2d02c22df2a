/** Part of one partition of the log: from the offset `low` on, less than `high`. */
export interface Stretch {
  readonly topic: string
  readonly partition: number
  readonly low: bigint
  readonly high: bigint
}

/** By partition, as `placeOf` names it: everything before this offset is done. */
export type Positions = Readonly<Record<string, string>>

/** The name of a partition among positions. */
export const placeOf = (topic: string, partition: number): string => `${topic}/${partition}`

const nextOf = ({ topic, partition, low }: Stretch, positions: Positions): bigint => {
  const position = BigInt(positions[placeOf(topic, partition)] ?? low)
  return position > low ? position : low
}

/** What is left to read, up to the ends of the partitions. */
export const stretchesFrom = (ends: readonly Stretch[], positions: Positions): readonly Stretch[] =>
  ends
    .map((partition) => ({ ...partition, low: nextOf(partition, positions) }))
    .filter(({ low, high }) => low < high)

/** How many records there are in them. */
export const lengthOf = (stretches: readonly Stretch[]): number =>
  stretches.reduce((sum, { low, high }) => sum + Number(high - low), 0)
