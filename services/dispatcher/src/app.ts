import { recordRefused, type Topic } from '@baqylau/contracts'
import { type Standstill, untilItPasses } from '@baqylau/service-kit'
import { planBatch, planJobs, type ReportRecord, type Stretch } from './domain/plan-jobs.ts'
import type { JobsInFlight } from './jobs-in-flight.ts'
import type { Clock, DeadLetterLog } from './ports.ts'
import type { DispatcherTelemetry } from './telemetry.ts'

/** Consecutive records of one partition of `reports`. */
export interface ReportBatch {
  readonly records: readonly ReportRecord[]
  /** Aborted when the partition is taken away, or the service stops. */
  readonly signal: AbortSignal
  readonly commit: (record: ReportRecord) => Promise<void>
}

export interface DispatcherParts {
  /** Of a dispatcher beside the first, which has everything enriched again; undefined of the first. */
  readonly round?: string | undefined
  readonly jobs: JobsInFlight
  /** Lets at most so many stretches be in flight; the others wait, and nothing more is fetched for their partitions. */
  readonly withSlot: <Result>(work: () => Promise<Result>) => Promise<Result>
  readonly deadLetters: DeadLetterLog
  /** Where it ends when nothing more can be read. */
  readonly standstill: Pick<Standstill, 'endure' | 'doubt' | 'moved'>
  readonly clock: Clock
  readonly telemetry: DispatcherTelemetry
}

/** The one topic that is read. */
const REPORTS: Topic = 'reports'

const finish = async (stretch: Stretch, signal: AbortSignal, parts: DispatcherParts): Promise<void> => {
  const { telemetry, deadLetters, clock, jobs } = parts
  const { job, refusals } = stretch
  // The first dispatcher has buried them, and perhaps they were closed since: another round is about enrichments alone.
  if (refusals.length > 0 && parts.round === undefined) {
    for (const refusal of refusals) telemetry.refused(refusal)
    const letters = refusals.map((refusal) => recordRefused('dispatcher', refusal, clock()))
    await untilItPasses(() => deadLetters.append(letters), { signal, onFault: telemetry.logFault })
  }
  if (job !== undefined) {
    telemetry.dispatched(job)
    await jobs.run(job, signal)
  }
}

/**
 * Has the reports of a batch enriched, and commits: each stretch once it and all before it are done, so that what is
 * committed is always a prefix of what is enriched. Rejects, with nothing more committed, when the batch is taken away.
 * @throws AppError `event_version_unsupported` when what is left of the batch needs a newer dispatcher.
 */
export const createDispatcher =
  (parts: DispatcherParts) =>
  async ({ records, signal, commit }: ReportBatch): Promise<void> => {
    const plan = planBatch(records, parts.round)
    if (plan.isReadable) parts.standstill.moved(REPORTS)
    const isDoubtful = plan.outage?.isCertain === false
    // A few events from the future are dead letters, if others can be read at the same time.
    if (isDoubtful) await parts.standstill.doubt(plan.outage.error, REPORTS, signal)
    const stretches = isDoubtful ? planJobs(records, parts.round) : plan.stretches
    const finished = stretches.map((stretch) => parts.withSlot(() => finish(stretch, signal, parts)))
    // Those behind a failed one are not awaited below, and must not end the process.
    for (const promise of finished) promise.catch(() => undefined)
    for (const [index, { last }] of stretches.entries()) {
      await finished[index]
      signal.throwIfAborted()
      await commit(last)
    }
    if (plan.outage?.isCertain === true) await parts.standstill.endure(plan.outage.error, signal)
  }
