import { type Static, Type } from '@sinclair/typebox'
import { compile } from '../faults.ts'
import { DateTime, Line } from '../formats.ts'
import { DeadLetterAttempts, LogOffset, LogPartition } from './dead-letter.ts'

/**
 * The Kafka header of a message that was a dead letter and is in the log again, and of the enrichment that is made of it.
 * In a header, since the message itself is the same to the last byte.
 */
export const REPLAY_HEADER = 'baqylau-replay'

/** Where a replayed message was when it was given up, how often it was tried up to now, and when it first failed. */
export const ReplayOrigin = Type.Object(
  {
    topic: Line(249),
    partition: LogPartition,
    offset: LogOffset,
    attempts: DeadLetterAttempts,
    firstAt: DateTime,
  },
  { title: 'ReplayOrigin' },
)
export type ReplayOrigin = Static<typeof ReplayOrigin>

export type RecordHeaders = Readonly<Record<string, Uint8Array>>

const check = compile(ReplayOrigin)

/** The header of a replayed message, beside which it may have others. */
export const replayHeaders = ({
  topic,
  partition,
  offset,
  attempts,
  firstAt,
}: ReplayOrigin): RecordHeaders => ({
  [REPLAY_HEADER]: Buffer.from(JSON.stringify({ topic, partition, offset, attempts, firstAt })),
})

const parse = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

/** What the headers of a message say of its origin. A header that cannot be read is none: the message is what counts. */
export const readReplayOrigin = (headers: RecordHeaders | undefined): ReplayOrigin | undefined => {
  const header = headers?.[REPLAY_HEADER]
  if (header === undefined) return undefined
  const origin = parse(Buffer.from(header).toString('utf8'))
  return check.Check(origin) ? origin : undefined
}
