import { promisify } from 'node:util'
import {
  brotliCompress,
  brotliDecompress,
  deflate,
  gunzip,
  gzip,
  inflate,
  zstdCompress,
  zstdDecompress,
} from 'node:zlib'
import { EXCEPTION_CODES, RequestRefused } from './exception.ts'

type Decoder = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>
type Encoder = (bytes: Uint8Array) => Promise<Buffer>

const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
}
const ENCODERS: Readonly<Record<string, Encoder>> = {
  gzip: promisify(gzip),
  zstd: promisify(zstdCompress),
  br: promisify(brotliCompress),
  deflate: promisify(deflate),
}

/**
 * The body as it was before the client compressed it.
 *
 * @throws RequestRefused for an encoding that is not known (48), a body that is not in it (117), and one that
 * would be larger than the bound (229).
 */
export async function decodeBody(
  body: Buffer,
  encoding: string | undefined,
  bytesMax: number,
): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity' || body.length === 0) return body
  const decoder = DECODERS[encoding]
  if (decoder === undefined) {
    throw new RequestRefused(
      EXCEPTION_CODES.notImplemented,
      `Unknown Content-Encoding '${encoding}'; there are ${Object.keys(DECODERS).join(', ')}. (NOT_IMPLEMENTED)`,
    )
  }
  try {
    return await decoder(body, { maxOutputLength: bytesMax })
  } catch (error) {
    throw isTooLarge(error) ? bodyTooLarge(bytesMax) : notEncoded(encoding)
  }
}

/** Compresses a response with the first of the client's encodings that is known here. */
export async function encodeBody(
  body: Uint8Array,
  acceptEncoding: string | undefined,
): Promise<{ readonly body: Uint8Array; readonly encoding: string | undefined }> {
  const accepted = (acceptEncoding ?? '').split(',').map((part) => part.split(';')[0]?.trim() ?? '')
  const encoding = accepted.find((name) => ENCODERS[name] !== undefined)
  const encoder = encoding === undefined ? undefined : ENCODERS[encoding]
  return encoder === undefined ? { body, encoding: undefined } : { body: await encoder(body), encoding }
}

/** Said of a body over the bound, compressed or not. */
export function bodyTooLarge(bytesMax: number): RequestRefused {
  return new RequestRefused(
    EXCEPTION_CODES.tooLarge,
    `The body is larger than ${bytesMax} bytes: send it in parts. (QUERY_IS_TOO_LARGE)`,
  )
}

function notEncoded(encoding: string): RequestRefused {
  return new RequestRefused(
    EXCEPTION_CODES.incorrectData,
    `The body is not valid ${encoding}. (INCORRECT_DATA)`,
  )
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
}
