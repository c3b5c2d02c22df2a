import type { KafkaMessage } from 'kafkajs'

/** A message of the log, with its place. */
export interface LogRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  /** Beside the value: nothing of an event is in them. Of several of one name the last. */
  readonly headers: Readonly<Record<string, Uint8Array>>
  /** When it was written, by the producer's clock: milliseconds since 1970. */
  readonly timestamp: string
}

const NO_HEADERS: LogRecord['headers'] = {}

const headersOf = (headers: KafkaMessage['headers']): LogRecord['headers'] => {
  const entries = Object.entries(headers ?? {})
  if (entries.length === 0) return NO_HEADERS
  return Object.fromEntries(
    entries.flatMap(([name, given]) => {
      const value = Array.isArray(given) ? given.at(-1) : given
      return value === undefined ? [] : [[name, typeof value === 'string' ? Buffer.from(value) : value]]
    }),
  )
}

/** A message as the client gives it, with its place. */
export const recordOf = (topic: string, partition: number, message: KafkaMessage): LogRecord => ({
  topic,
  partition,
  offset: message.offset,
  key: message.key,
  value: message.value,
  headers: headersOf(message.headers),
  timestamp: message.timestamp,
})
