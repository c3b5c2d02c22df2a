import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import kafkajs from 'kafkajs'

// kafkajs is CommonJS: Node finds most of its names, but not this one.
const { CompressionCodecs, CompressionTypes } = kafkajs
const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

/** kafkajs brings gzip alone; the log is written with zstd, which Node has. Registered once, for every client. */
export const registerZstd = (): void => {
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: (encoder: { readonly buffer: Buffer }) => compress(encoder.buffer),
    decompress: (buffer: Buffer) => decompress(buffer),
  })
}
