import {
  EVENT_TYPES,
  type EnrichJob,
  JOB_EVENTS_MAX,
  readReplayOrigin,
  readReportEvent,
  type RecordHeaders,
  type RefusedRecord,
  type VersionOutage,
  versionOutageOf,
} from '@baqylau/contracts'

/** A record of `reports`, as the log hands it over. */
export interface ReportRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly value: Uint8Array | null
  readonly headers?: RecordHeaders
}

export interface Refusal extends RefusedRecord {
  readonly record: ReportRecord
}

/** Consecutive records, and what they take: at most one job, and a dead letter for each that cannot be read. */
export interface Stretch {
  readonly job: EnrichJob | undefined
  readonly refusals: readonly Refusal[]
  /** The last record of the stretch: done with the stretch, everything up to it may be committed. */
  readonly last: ReportRecord
}

/** The events of one job, in bytes; one larger event still makes a job of its own. */
const JOB_BYTES_MAX = 250_000

interface Draft {
  readonly jobRecords: EnrichJob['records'][number][]
  readonly refusals: Refusal[]
  bytes: number
}

const newDraft = (): Draft => ({ jobRecords: [], refusals: [], bytes: 0 })

const addTo = (draft: Draft, record: ReportRecord): void => {
  const reading = readReportEvent(record.value)
  if (!reading.ok) {
    draft.refusals.push({ record, code: reading.code, detail: reading.detail })
    return
  }
  const { type } = reading.event
  // A retraction has nothing to enrich.
  if (type !== EVENT_TYPES.submitted && type !== EVENT_TYPES.amended) return
  const replayOf = readReplayOrigin(record.headers)
  draft.jobRecords.push({
    offset: record.offset,
    event: Buffer.from(record.value ?? []).toString('utf8'),
    ...(replayOf && { replayOf }),
  })
}

const closeDraft = (draft: Draft, last: ReportRecord, round: string | undefined): Stretch => ({
  job:
    draft.jobRecords.length === 0
      ? undefined
      : {
          topic: last.topic,
          partition: last.partition,
          records: draft.jobRecords,
          ...(round !== undefined && { round }),
        },
  refusals: draft.refusals,
  last,
})

/**
 * Cuts consecutive records of one partition into stretches of at most 100 records or 250 kB, in order. Every record is
 * in exactly one stretch. `round` tells the jobs from those of another dispatcher that reads the same.
 */
export const planJobs = (records: readonly ReportRecord[], round?: string): readonly Stretch[] => {
  const stretches: Stretch[] = []
  let draft = newDraft()
  let last: ReportRecord | undefined
  let count = 0
  for (const record of records) {
    const size = record.value?.byteLength ?? 0
    if (last !== undefined && (count >= JOB_EVENTS_MAX || draft.bytes + size > JOB_BYTES_MAX)) {
      stretches.push(closeDraft(draft, last, round))
      draft = newDraft()
      count = 0
    }
    addTo(draft, record)
    draft.bytes += size
    count += 1
    last = record
  }
  if (last !== undefined) stretches.push(closeDraft(draft, last, round))
  return stretches
}

/** What a batch takes, and what may be wrong with the rest of it. */
export interface BatchPlan {
  /** Of what is before the outage; of all of it when there is none. */
  readonly stretches: readonly Stretch[]
  readonly outage: VersionOutage | undefined
  /** Something of it can be read. */
  readonly isReadable: boolean
}

/** The stretches of a batch, but for an end of it that needs a newer dispatcher. */
export const planBatch = (records: readonly ReportRecord[], round?: string): BatchPlan => {
  const stretches = planJobs(records, round)
  const refusals = stretches.flatMap((stretch) => stretch.refusals)
  const isReadable = refusals.length < records.length
  if (refusals.length === 0) return { stretches, outage: undefined, isReadable }
  const byOffset = new Map(refusals.map((refusal) => [refusal.record.offset, refusal]))
  const outage = versionOutageOf(records.map(({ offset }) => byOffset.get(offset)))
  const taken = outage === undefined ? stretches : planJobs(records.slice(0, outage.begin), round)
  return { stretches: taken, outage, isReadable }
}

/** The events of a job that failed, each in a job of its own: so the culprit is found, and the others are enriched. */
export const splitJob = (job: EnrichJob): readonly EnrichJob[] =>
  job.records.map((record) => ({ ...job, records: [record] }))
