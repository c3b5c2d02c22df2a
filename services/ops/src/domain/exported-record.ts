import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

/** What an export keeps of a message: everything but its topic and partition, which its file has. */
export interface ExportedRecord {
  readonly offset: string
  /** Milliseconds since 1970. */
  readonly timestamp: string
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: Readonly<Record<string, Uint8Array>>
}

/** Bytes as text, so that a file can be read without this program; what is no text, in base64. */
const Bytes = Type.Union([Type.Null(), Type.String(), Type.Object({ base64: Type.String() })])
const Line = Type.Object({
  offset: Type.String({ pattern: '^\\d+$' }),
  timestamp: Type.String({ pattern: '^-?\\d+$' }),
  key: Bytes,
  value: Bytes,
  headers: Type.Optional(Type.Record(Type.String(), Bytes)),
})
type WrittenBytes = null | string | { readonly base64: string }

// A byte order mark is bytes like others.
const utf8 = new TextDecoder('utf8', { fatal: true, ignoreBOM: true })

const writeBytes = (bytes: Uint8Array | null): WrittenBytes => {
  if (bytes === null) return null
  try {
    return utf8.decode(bytes)
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') }
  }
}

const readBytes = (written: WrittenBytes): Uint8Array | null => {
  if (written === null) return null
  return typeof written === 'string' ? Buffer.from(written) : Buffer.from(written.base64, 'base64')
}

const mapHeaders = <From, To>(headers: Readonly<Record<string, From>>, map: (value: From) => To) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, map(value)]))

/** One line of JSON, with its line feed. */
export const writeExportedRecord = (record: ExportedRecord): string => {
  const { offset, timestamp, key, value, headers } = record
  const written = Object.keys(headers).length === 0 ? {} : { headers: mapHeaders(headers, writeBytes) }
  return `${JSON.stringify({ offset, timestamp, key: writeBytes(key), value: writeBytes(value), ...written })}\n`
}

/** The record of a line, byte by byte what was written; undefined when the line is none. */
export const readExportedRecord = (line: string): ExportedRecord | undefined => {
  try {
    const written: unknown = JSON.parse(line)
    if (!Value.Check(Line, written)) return undefined
    const { offset, timestamp, key, value, headers = {} } = written
    const read = mapHeaders(headers, (bytes) => readBytes(bytes) ?? new Uint8Array())
    return { offset, timestamp, key: readBytes(key), value: readBytes(value), headers: read }
  } catch {
    return undefined
  }
}

const areSame = (one: Uint8Array | null, other: Uint8Array | null): boolean =>
  one === null || other === null ? one === other : Buffer.compare(one, other) === 0

/** Whether two are the same message, byte by byte. */
export const isSameRecord = (one: ExportedRecord, other: ExportedRecord): boolean => {
  const names = Object.keys(one.headers)
  return (
    one.offset === other.offset &&
    one.timestamp === other.timestamp &&
    areSame(one.key, other.key) &&
    areSame(one.value, other.value) &&
    names.length === Object.keys(other.headers).length &&
    names.every((name) => areSame(one.headers[name] ?? null, other.headers[name] ?? null))
  )
}
