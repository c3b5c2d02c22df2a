/** A growing RowBinary block (https://clickhouse.com/docs/interfaces/formats/RowBinary): values one after the other. */
export interface RowBinaryWriter {
  readonly string: (value: string | Uint8Array) => void
  readonly bool: (value: boolean) => void
  readonly uint32: (value: number) => void
  readonly uint64: (value: bigint) => void
  /** The bytes written so far. The writer is done with then. */
  readonly bytes: () => Uint8Array
}

const VARINT_BYTES_MAX = 5

/** `capacity` in bytes is a first guess; the block grows past it. */
export const createRowBinaryWriter = (capacity: number): RowBinaryWriter => {
  let buffer = Buffer.allocUnsafe(Math.max(capacity, 64))
  let length = 0
  const ensure = (more: number): void => {
    if (length + more <= buffer.length) return
    const grown = Buffer.allocUnsafe(Math.max(buffer.length * 2, length + more))
    buffer.copy(grown, 0, 0, length)
    buffer = grown
  }
  const varint = (value: number): void => {
    let rest = value
    while (rest >= 0x80) {
      buffer[length++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    buffer[length++] = rest
  }
  return {
    string: (value) => {
      const size = typeof value === 'string' ? Buffer.byteLength(value) : value.byteLength
      ensure(size + VARINT_BYTES_MAX)
      varint(size)
      if (typeof value === 'string') buffer.write(value, length)
      else buffer.set(value, length)
      length += size
    },
    bool: (value) => {
      ensure(1)
      length = buffer.writeUInt8(value ? 1 : 0, length)
    },
    uint32: (value) => {
      ensure(4)
      length = buffer.writeUInt32LE(value, length)
    },
    uint64: (value) => {
      ensure(8)
      length = buffer.writeBigUInt64LE(value, length)
    },
    bytes: () => buffer.subarray(0, length),
  }
}
