import { eventIdOf } from '../identity.ts'
import {
  DEAD_LETTER_ATTEMPTS_MAX,
  DEAD_LETTER_PAYLOAD_BYTES_MAX,
  DEAD_LETTER_TYPE,
  type DeadLetterStep,
  type EventDeadLettered,
} from './dead-letter.ts'
import type { Enrichment, EnrichmentFailure } from './enrichment.ts'
import { type RecordHeaders, readReplayOrigin } from './replay.ts'
import { EVENT_TYPES, type ReportEnriched, type ReportStated } from './report-events.ts'
import type { ErrorCode } from '../errors.ts'
import { v5 as uuidV5 } from 'uuid'

const SPEC = { specversion: '1.0', datacontenttype: 'application/json' } as const

export type EnrichmentOutcome =
  | {
      readonly enrichment: Enrichment
      readonly failure: null
      readonly narrativeRedacted: string | undefined
    }
  | { readonly enrichment: null; readonly failure: EnrichmentFailure; readonly narrativeRedacted: undefined }

/** What became of a stated report in the enricher, as an event. The same report and version make the same event. */
export const reportEnriched = (
  stated: ReportStated,
  outcome: EnrichmentOutcome,
  enrichmentVersion: number,
): ReportEnriched => {
  const { subject: reportId, author, revision, contenthash: contentHash } = stated
  const { report, personal, sealing } = stated.data
  const { enrichment, failure, narrativeRedacted } = outcome
  return {
    ...SPEC,
    id: eventIdOf({ type: EVENT_TYPES.enriched, reportId, author, revision, contentHash, enrichmentVersion }),
    type: EVENT_TYPES.enriched,
    source: 'urn:baqylau:enricher',
    time: stated.time,
    subject: reportId,
    author,
    revision,
    contenthash: contentHash,
    receipthash: stated.receipthash,
    enrichmentversion: enrichmentVersion,
    data: {
      report,
      personal: narrativeRedacted === undefined ? personal : { ...personal, narrativeRedacted },
      sealing,
      enrichment,
      failure,
    },
  }
}

export interface DeadLetterParts {
  readonly step: DeadLetterStep
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly reason: ErrorCode
  readonly detail: string
  readonly attempts: number
  readonly firstAt: Date
  readonly lastAt: Date
  readonly payload: Uint8Array | null
}

const DETAIL_LENGTH_MAX = 1000
const DEAD_LETTER_NAMESPACE = 'f2f3c0de-4a0b-5d70-8b1c-3d5f4a9e7c55'

/** One line, well-formed and bounded: a detail may come from a library, which knows no such rules. */
const oneLine = (text: string): string => {
  const line = text
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, DETAIL_LENGTH_MAX)
    .toWellFormed()
  return line === '' ? 'no detail' : line
}

/** A record of the log, as a step has it in hand. */
export interface RecordInHand {
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly value: Uint8Array | null
  readonly headers?: RecordHeaders
}

/** A record that a step gives up on, and after how many tries. */
export interface GivenUpRecord {
  readonly record: RecordInHand
  readonly code: ErrorCode
  readonly detail: string
  readonly attempts: number
}

/** A record of the log that cannot be read, or cannot be landed, as it was found at the first and only attempt. */
export type RefusedRecord = Omit<GivenUpRecord, 'attempts'>

/**
 * The dead letter of a record. One that was replayed is buried where it was given up before, with all its attempts, so that
 * a message is one dead letter however often it is tried. (What was made of a replayed message, an enrichment, is a message
 * of its own: its origin is in another topic.)
 */
export const recordGivenUp = (
  step: DeadLetterStep,
  { record, code, detail, attempts }: GivenUpRecord,
  now: Date,
): EventDeadLettered => {
  const origin = readReplayOrigin(record.headers)
  const before = origin?.topic === record.topic ? origin : undefined
  const { topic, partition, offset } = before ?? record
  return eventDeadLettered({
    step,
    topic,
    partition,
    offset,
    reason: code,
    detail,
    attempts: Math.min((before?.attempts ?? 0) + attempts, DEAD_LETTER_ATTEMPTS_MAX),
    firstAt: before === undefined ? now : new Date(before.firstAt),
    lastAt: now,
    payload: record.value,
  })
}

/** The dead letter of a record that a step refused at once: nothing is gained by trying it again. */
export const recordRefused = (step: DeadLetterStep, refused: RefusedRecord, now: Date): EventDeadLettered =>
  recordGivenUp(step, { ...refused, attempts: 1 }, now)

/** A dead letter as an event. Its id comes from (step, topic, partition, offset): the same message is dead once. */
export const eventDeadLettered = (parts: DeadLetterParts): EventDeadLettered => {
  const { step, topic, partition, offset, payload } = parts
  const carried = payload !== null && payload.byteLength <= DEAD_LETTER_PAYLOAD_BYTES_MAX
  return {
    ...SPEC,
    id: uuidV5(JSON.stringify([step, topic, partition, offset]), DEAD_LETTER_NAMESPACE),
    type: DEAD_LETTER_TYPE,
    source: `urn:baqylau:${step}`,
    time: parts.lastAt.toISOString(),
    subject: `${topic}/${partition}/${offset}`,
    data: {
      step,
      topic,
      partition,
      offset,
      reason: parts.reason,
      detail: oneLine(parts.detail),
      attempts: parts.attempts,
      firstAt: parts.firstAt.toISOString(),
      lastAt: parts.lastAt.toISOString(),
      payload: carried ? Buffer.from(payload).toString('base64') : null,
    },
  }
}
