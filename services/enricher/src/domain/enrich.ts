import {
  compile,
  Enrichment,
  type EnrichmentOutcome,
  joinReport,
  type Report,
  type ReportStated,
} from '@baqylau/contracts'
import type { Findings, Step } from './step.ts'

/** A step threw on this report. The message is the step's; it is not to hold what the report says. */
export class StepError extends Error {
  readonly step: string

  constructor(step: string, cause: unknown) {
    super(`the step ${step} failed: ${cause instanceof Error ? cause.name : typeof cause}`, { cause })
    this.name = 'StepError'
    this.step = step
  }
}

const isEnrichment = compile(Enrichment)

const runStep = (step: Step, report: Report, found: Findings): Findings => {
  try {
    return { ...found, ...step.run(report, found) }
  } catch (cause) {
    throw new StepError(step.name, cause)
  }
}

/** Runs every step over a report. @throws StepError when one throws, or when they did not find all there is to find. */
export const enrichReport = (report: Report, steps: readonly Step[]): EnrichmentOutcome => {
  let found: Findings = {}
  for (const step of steps) found = runStep(step, report, found)
  const { narrativeRedacted, ...enrichment } = found
  if (!isEnrichment.Check(enrichment))
    throw new StepError('all', new TypeError('the enrichment is not whole'))
  return { enrichment, failure: null, narrativeRedacted }
}

/** The same for a report as it is in the log. @throws StepError. */
export const enrich = (stated: ReportStated, steps: readonly Step[]): EnrichmentOutcome =>
  enrichReport(joinReport(stated.data.report, stated.data.personal) as Report, steps)

/** What is landed of a report whose enrichment fails every time. */
export const failedOutcome = ({ step, message }: StepError): EnrichmentOutcome => ({
  enrichment: null,
  failure: { step, detail: message },
  narrativeRedacted: undefined,
})
