import type { LogPosition, ReportEvent } from '@baqylau/contracts'
import { reportEventRowOf } from '@baqylau/contracts'
import { eventDigest } from './digests.ts'

/** How many positions of a partition are compared at once: 2 to this power. */
export const BLOCK_BITS = 12

/** Consecutive positions of one partition: how many rows there are, and the sum of their digests. */
export interface EventBlock {
  readonly topic: string
  readonly partition: number
  readonly block: number
  readonly rows: number
  readonly sum: bigint
}

const SUM_BITS = 64
const SUM_DIGITS = 16

export const eventDigestOf = (position: LogPosition, event: ReportEvent): string =>
  eventDigest.of(reportEventRowOf(position, event))

const nameOf = ({ topic, partition, block }: Pick<EventBlock, 'topic' | 'partition' | 'block'>): string =>
  `${topic}/${partition}/${block}`

export interface EventBlocks {
  readonly add: (position: LogPosition, digest: string) => void
  /** The blocks in which these are not the same. */
  readonly differing: (
    found: readonly EventBlock[],
  ) => readonly Pick<EventBlock, 'topic' | 'partition' | 'block'>[]
}

/** What the log has, block by block: a few dozen bytes for 4,096 events. */
export const openEventBlocks = (): EventBlocks => {
  const blocks = new Map<string, EventBlock>()
  return {
    add: ({ topic, partition, offset }, digest) => {
      const place = { topic, partition, block: Number(BigInt(offset) >> BigInt(BLOCK_BITS)) }
      const { rows = 0, sum = 0n } = blocks.get(nameOf(place)) ?? {}
      const value = BigInt(`0x${digest.slice(0, SUM_DIGITS)}`)
      blocks.set(nameOf(place), { ...place, rows: rows + 1, sum: BigInt.asUintN(SUM_BITS, sum + value) })
    },
    differing: (found) => {
      const inViews = new Map(found.map((block) => [nameOf(block), block]))
      const both = new Map([...inViews, ...blocks])
      return [...both].flatMap(([name, { topic, partition, block }]) => {
        const [log, view] = [blocks.get(name), inViews.get(name)]
        return log?.rows === view?.rows && log?.sum === view?.sum ? [] : [{ topic, partition, block }]
      })
    },
  }
}
