import { enrichReport, StepError } from './enrich.ts'
import { SAMPLE_REPORTS } from './sample-reports.ts'
import type { Step } from './step.ts'

/**
 * Tells a broken enricher from a bad report: runs the steps over reports that are known to be good. Undefined when all is
 * well with them; else the failure of the step that is broken here, so that no report can be given up for it.
 */
export const brokenStep = (steps: readonly Step[]): StepError | undefined => {
  try {
    for (const report of SAMPLE_REPORTS) enrichReport(report, steps)
    return undefined
  } catch (error) {
    if (error instanceof StepError) return error
    throw error
  }
}
