import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import * as fc from 'fast-check'
import type { ArbitraryBody } from './arbitrary-json.ts'
import type { Header } from './fuzz-request.ts'

/** Bombs are packed once: what matters is what they unpack to. */
const BOMB_BYTES = 30_000_000
const bombs: readonly (readonly [string, Buffer])[] = [
  ['gzip', gzipSync(Buffer.alloc(BOMB_BYTES))],
  ['br', brotliCompressSync(Buffer.alloc(BOMB_BYTES), { params: { 1: 3 } })],
  ['zstd', zstdCompressSync(Buffer.alloc(BOMB_BYTES))],
  ['deflate', deflateSync(Buffer.alloc(BOMB_BYTES))],
]
const packers: readonly (readonly [string, (body: Buffer) => Buffer])[] = [
  ['gzip', gzipSync],
  ['br', (body) => brotliCompressSync(body, { params: { 1: 1 } })],
  ['zstd', zstdCompressSync],
  ['deflate', deflateSync],
  // Not what it says, or only half of it.
  ['gzip', (body) => body],
  ['gzip', (body) => gzipSync(body).subarray(0, 30)],
  ['br', (body) => gzipSync(body)],
  ['gzip, gzip', (body) => gzipSync(gzipSync(body))],
  ['compress', (body) => body],
  ['identity', (body) => body],
]

export interface Packed {
  readonly headers: readonly Header[]
  readonly body: Buffer
}
/** The body as it is, packed, badly packed, or a bomb in its place. */
export const packed = (body: ArbitraryBody): fc.Arbitrary<Packed> =>
  fc.oneof(
    { arbitrary: body.map((plain): Packed => ({ headers: [], body: plain })), weight: 300 },
    {
      arbitrary: fc.tuple(body, fc.constantFrom(...packers)).map(([plain, [name, pack]]): Packed => ({
        headers: [['content-encoding', name]],
        body: pack(plain),
      })),
      weight: 40,
    },
    {
      arbitrary: fc
        .constantFrom(...bombs)
        .map(([name, bomb]): Packed => ({ headers: [['content-encoding', name]], body: bomb })),
      weight: 1,
    },
  )
