import { createHash } from 'node:crypto'
import { type Static, Type } from '@sinclair/typebox'
import { ReplayOrigin } from './events/replay.ts'
import { compile } from './faults.ts'

/** A job carries at most this many events. */
export const JOB_EVENTS_MAX = 100
/** How often a job is tried when a step of the enrichment throws. An outage or a killed worker is no try. */
export const JOB_ATTEMPTS = 2

/** Consecutive stated reports of one partition, as they are in the log, on their way to an enricher. */
export const EnrichJob = Type.Object(
  {
    topic: Type.String(),
    partition: Type.Integer({ minimum: 0 }),
    records: Type.Array(
      Type.Object({
        offset: Type.String(),
        event: Type.String(),
        /** Of a report that was a dead letter and is tried again. */
        replayOf: Type.Optional(ReplayOrigin),
      }),
      { minItems: 1, maxItems: JOB_EVENTS_MAX },
    ),
    /** Which dispatcher's it is, when there is one beside the first: the same reports are then enriched by both. */
    round: Type.Optional(Type.String()),
  },
  { title: 'EnrichJob' },
)
export type EnrichJob = Static<typeof EnrichJob>

const check = compile(EnrichJob)

export const encodeJob = (job: EnrichJob): string => JSON.stringify(job)

/** What JSON.parse throws quotes the text, which is never to be in an error. */
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** @throws TypeError when the text is no job. */
export const decodeJob = (text: string): EnrichJob => {
  const value = parse(text)
  if (!check.Check(value)) throw new TypeError('the payload is no enrichment job')
  return value
}

/** The name of a job: its place in the log, and its round. Without `:`, which BullMQ does not take. */
export const jobIdOf = ({ topic, partition, records, round }: EnrichJob): string => {
  const place = `${topic}_${partition}_${records[0]?.offset ?? ''}_${records.at(-1)?.offset ?? ''}`
  return round === undefined ? place : `${place}_${round}`
}

/**
 * What a job's completion is confirmed with. A job id alone could be of a job of another log under the same name (made
 * anew while Redis went on): then the digests differ.
 */
export const jobDigestOf = (job: EnrichJob): string => {
  const hash = createHash('sha256')
  for (const { event } of job.records) hash.update(event).update('\n')
  return hash.digest('hex')
}
