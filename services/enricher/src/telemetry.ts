import type { ReportEnriched } from '@baqylau/contracts'
import type { Telemetry } from '@baqylau/service-kit'
import type { StepError } from './domain/enrich.ts'

export interface EnricherTelemetry {
  readonly enriched: (events: readonly ReportEnriched[]) => void
  readonly stepFailed: (error: StepError) => void
  /** Told in the log once, until a report is enriched again: every job in the queue meets it every second. */
  readonly broken: (error: StepError) => void
  readonly queueError: (error: Error) => void
}

export const createEnricherTelemetry = (telemetry: Telemetry): EnricherTelemetry => {
  const reports = telemetry.counter('reports_total', 'Reports enriched, by what came of it', ['outcome'])
  const failures = telemetry.counter('step_failures_total', 'Failed runs of a step, by step', ['step'])
  let isBroken = false
  return {
    enriched: (events) => {
      isBroken = false
      for (const { data } of events) {
        const placed = data.enrichment?.akimat.regionCode === null ? 'unresolved' : 'placed'
        reports.inc({ outcome: data.enrichment === null ? 'failed' : placed })
      }
    },
    stepFailed: ({ step, message }) => {
      failures.inc({ step })
      telemetry.log.warn({ step }, message)
    },
    broken: ({ step, message }) => {
      failures.inc({ step })
      if (!isBroken) telemetry.log.error({ step }, `this enricher is broken: on good reports too, ${message}`)
      isBroken = true
    },
    queueError: (error) => telemetry.log.warn({ reason: error.message }, 'the queue has trouble'),
  }
}
