import type { Enrichment, Report } from '@baqylau/contracts'

/** What the steps have found so far: the members of the enrichment, and the narrative without what identifies people. */
export type Findings = Partial<Enrichment> & { readonly narrativeRedacted?: string }

/** One step of the enrichment: a pure function from the report, and what earlier steps found, to what it adds. */
export interface Step {
  readonly name: string
  readonly run: (report: Report, found: Findings) => Findings
}

/** The day that an earlier step must have found. @throws TypeError when steps run in a wrong order. */
export const dayOf = (found: Findings): string => {
  if (found.day === undefined) throw new TypeError('the step occurrence-day has to run first')
  return found.day
}
