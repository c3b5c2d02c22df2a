import type { LogPosition } from '@baqylau/contracts'

/** Where the dispatcher has committed to, by `topic/partition`. */
export type Dispatched = ReadonlyMap<string, bigint>

/** The dispatcher commits what is enriched, or buried. */
export const isDispatched = ({ topic, partition, offset }: LogPosition, dispatched: Dispatched): boolean =>
  BigInt(offset) < (dispatched.get(`${topic}/${partition}`) ?? 0n)
