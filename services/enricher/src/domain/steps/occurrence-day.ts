import type { Step } from '../step.ts'

/** The day of the occurrence: the date as it was written, not converted to any time zone. */
export const occurrenceDay: Step = {
  name: 'occurrence-day',
  run: (report) => ({ day: report.occurred.from.slice(0, 10) }),
}
