import {
  AppError,
  decodeJob,
  EVENT_TYPES,
  type EnrichJob,
  type EventDeadLettered,
  JOB_ATTEMPTS,
  jobDigestOf,
  readReportEvent,
  recordGivenUp,
  replayHeaders,
  reportEnriched,
  type ReportStated,
} from '@baqylau/contracts'
import { enrich, failedOutcome, StepError } from './domain/enrich.ts'
import { brokenStep } from './domain/probe.ts'
import type { Step } from './domain/step.ts'
import { ENRICHMENT_VERSION } from './domain/step-order.ts'
import type { Clock, Enriched, EnrichmentLog } from './ports.ts'
import type { EnricherTelemetry } from './telemetry.ts'

export interface EnricherParts {
  readonly steps: readonly Step[]
  readonly log: EnrichmentLog
  readonly clock: Clock
  readonly telemetry: EnricherTelemetry
}

interface Output {
  readonly enriched: readonly Enriched[]
  readonly deadLetters: readonly EventDeadLettered[]
}

const readStated = (event: string): ReportStated => {
  const reading = readReportEvent(Buffer.from(event))
  if (!reading.ok) throw new AppError('event_invalid', reading.detail)
  const { event: stated } = reading
  if (stated.type === EVENT_TYPES.submitted || stated.type === EVENT_TYPES.amended) return stated
  throw new AppError('event_invalid', 'only submitted and amended reports are enriched')
}

const enrichAll = (job: EnrichJob, steps: readonly Step[]): Output => ({
  enriched: job.records.map(({ event, replayOf }) => {
    const stated = readStated(event)
    return { event: reportEnriched(stated, enrich(stated, steps), ENRICHMENT_VERSION), replayOf }
  }),
  deadLetters: [],
})

/** The only report of a job whose enrichment failed every time: it lands without one, and is a dead letter. */
const giveUp = (job: EnrichJob, error: StepError, { clock }: EnricherParts): Output => {
  const [record] = job.records
  if (record === undefined) return { enriched: [], deadLetters: [] }
  const { offset, event, replayOf } = record
  const letter = recordGivenUp(
    'enricher',
    {
      record: {
        topic: job.topic,
        partition: job.partition,
        offset,
        value: Buffer.from(event),
        ...(replayOf && { headers: replayHeaders(replayOf) }),
      },
      code: 'enrichment_failed',
      detail: error.message,
      attempts: JOB_ATTEMPTS,
    },
    clock(),
  )
  const failed = reportEnriched(readStated(event), failedOutcome(error), ENRICHMENT_VERSION)
  return { enriched: [{ event: failed, replayOf }], deadLetters: [letter] }
}

/** Retryable: the job waits, and is no attempt poorer, until an enricher that is not broken takes it. */
const outage = (broken: StepError): AppError =>
  new AppError(
    'enricher_broken',
    `This enricher is broken: on a report that is known to be good too, ${broken.message}. No report was given up.`,
    { cause: broken },
  )

const outputOf = (job: EnrichJob, isLastAttempt: boolean, parts: EnricherParts): Output => {
  try {
    return enrichAll(job, parts.steps)
  } catch (error) {
    if (!(error instanceof StepError)) throw error
    const broken = brokenStep(parts.steps)
    if (broken !== undefined) {
      parts.telemetry.broken(broken)
      throw outage(broken)
    }
    parts.telemetry.stepFailed(error)
    // A job of several fails as a whole; the dispatcher then tries each of its reports alone.
    if (job.records.length > 1 || !isLastAttempt) throw error
    return giveUp(job, error, parts)
  }
}

/**
 * Processes one job: every report enriched, every enrichment acknowledged by the broker, and only then done. Returns the
 * job's digest, by which the dispatcher knows its job again.
 */
export const createEnricher =
  (parts: EnricherParts) =>
  async (payload: string, isLastAttempt: boolean): Promise<string> => {
    const job = decodeJob(payload)
    const { enriched, deadLetters } = outputOf(job, isLastAttempt, parts)
    await parts.log.append(enriched, deadLetters)
    parts.telemetry.enriched(enriched.map(({ event }) => event))
    return jobDigestOf(job)
  }
