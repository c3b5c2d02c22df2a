import { LAWS } from '../reference/laws.ts'
import { dayOf, type Step } from '../step.ts'

/** The acts in force on that day that bear on this kind of report. */
export const lawInForce: Step = {
  name: 'law-in-force',
  run: ({ kind }, found) => {
    const day = dayOf(found)
    const inForce = LAWS.filter(
      ({ from, until, kinds }) => kinds.includes(kind) && from <= day && (until === null || day < until),
    )
    return { lawInForce: inForce.map(({ title }) => title) }
  },
}
