import { AppError, type EnrichJob, jobIdOf } from '@baqylau/contracts'
import type { Telemetry } from '@baqylau/service-kit'
import type { Refusal } from './domain/plan-jobs.ts'

export interface DispatcherTelemetry {
  readonly dispatched: (job: EnrichJob) => void
  readonly refused: (refusal: Refusal) => void
  readonly jobLost: () => void
  readonly queueFull: () => void
  readonly jobFailed: (job: EnrichJob) => void
  readonly jobStuck: (error: AppError) => void
  readonly standsStill: (error: AppError) => void
  readonly queueFault: (error: unknown) => void
  readonly logFault: (error: AppError) => void
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export const createDispatcherTelemetry = (telemetry: Telemetry): DispatcherTelemetry => {
  const events = telemetry.counter('events_total', 'Events put into jobs')
  const jobs = telemetry.counter('jobs_total', 'Jobs by what became of them', ['outcome'])
  const refusals = telemetry.counter('dead_letters_total', 'Messages that cannot be read, by reason', [
    'reason',
  ])
  const faults = telemetry.counter('faults_total', 'Failed calls, by what was called', ['of'])
  return {
    dispatched: ({ records }) => {
      jobs.inc({ outcome: 'added' })
      events.inc(records.length)
    },
    refused: ({ record, code, detail }) => {
      refusals.inc({ reason: code })
      const { topic, partition, offset } = record
      telemetry.log.warn({ topic, partition, offset, code, detail }, 'a message becomes a dead letter')
    },
    jobLost: () => {
      jobs.inc({ outcome: 'lost' })
      telemetry.log.warn('a job is not in the queue any more: added again')
    },
    queueFull: () => {
      jobs.inc({ outcome: 'waited' })
      telemetry.log.debug('the queue is full: a job waits for room')
    },
    jobFailed: (job) => {
      jobs.inc({ outcome: 'failed' })
      telemetry.log.warn(
        { job: jobIdOf(job), events: job.records.length },
        'a job failed: its events are tried one by one',
      )
    },
    jobStuck: (error) => {
      jobs.inc({ outcome: 'stuck' })
      telemetry.log.error(
        { reason: error.message },
        'a job fails for a reason that is not its report: trying again',
      )
    },
    standsStill: (error) =>
      telemetry.log.error({ reason: error.message }, 'this dispatcher is too old: it stops'),
    queueFault: (error) => {
      faults.inc({ of: 'queue' })
      telemetry.log.warn({ reason: reasonOf(error) }, 'the queue has trouble: trying again')
    },
    logFault: (error) => {
      faults.inc({ of: 'log' })
      telemetry.log.warn({ reason: error.message }, 'the log has trouble: trying again')
    },
  }
}
