import type { LogPosition } from '@baqylau/contracts'
import { BLOCK_BITS } from './event-blocks.ts'

const BYTE_BITS = 3
const BLOCK_BYTES = 2 ** (BLOCK_BITS - BYTE_BITS)

export interface PositionSet {
  readonly add: (position: LogPosition) => void
  readonly has: (position: LogPosition) => boolean
}

interface Bit {
  readonly page: string
  readonly byte: number
  readonly mask: number
}

const bitOf = ({ topic, partition, offset }: LogPosition): Bit => {
  const at = BigInt(offset)
  const within = Number(BigInt.asUintN(BLOCK_BITS, at))
  return {
    page: `${topic}/${partition}/${String(at >> BigInt(BLOCK_BITS))}`,
    byte: within >> BYTE_BITS,
    mask: 1 << (within & 7),
  }
}

/** Positions of the log, one bit each: never more than an eighth of a byte for every record of the log, in pages of 512. */
export const openPositionSet = (): PositionSet => {
  const pages = new Map<string, Uint8Array>()
  return {
    add: (position) => {
      const { page, byte, mask } = bitOf(position)
      const bytes = pages.get(page) ?? new Uint8Array(BLOCK_BYTES)
      bytes[byte] = (bytes[byte] ?? 0) | mask
      pages.set(page, bytes)
    },
    has: (position) => {
      const { page, byte, mask } = bitOf(position)
      return ((pages.get(page)?.[byte] ?? 0) & mask) !== 0
    },
  }
}
