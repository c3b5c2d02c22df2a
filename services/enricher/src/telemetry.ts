import type { ReportEnriched } from '@baqylau/contracts'
import type { Telemetry } from '@baqylau/service-kit'
import type { StepError } from './domain/enrich.ts'

export interface EnricherTelemetry {
  readonly enriched: (events: readonly ReportEnriched[]) => void
  readonly stepFailed: (error: StepError) => void
  readonly queueError: (error: Error) => void
}

export const createEnricherTelemetry = (telemetry: Telemetry): EnricherTelemetry => {
  const reports = telemetry.counter('reports_total', 'Reports enriched, by what came of it', ['outcome'])
  const failures = telemetry.counter('step_failures_total', 'Failed runs of a step, by step', ['step'])
  return {
    enriched: (events) => {
      for (const { data } of events) {
        const placed = data.enrichment?.akimat.regionCode === null ? 'unresolved' : 'placed'
        reports.inc({ outcome: data.enrichment === null ? 'failed' : placed })
      }
    },
    stepFailed: ({ step, message }) => {
      failures.inc({ step })
      telemetry.log.warn({ step }, message)
    },
    queueError: (error) => telemetry.log.warn({ reason: error.message }, 'the queue has trouble'),
  }
}
