import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EVENT_TYPES, type ReportEvent } from './events/report-events.ts'
import { evolve, foldReport, standingOf } from './fold.ts'
import { amended, enrichedFrom, failedFrom, retracted, submitted } from './testing/example-events.ts'

interface Parts {
  readonly form: 'stated' | 'retracted' | 'failed' | 'enriched'
  readonly revision: number
  readonly contenthash: string
  readonly enrichmentVersion: number
}

const eventOf = ({ form, revision, contenthash, enrichmentVersion }: Parts): ReportEvent => {
  if (form === 'retracted') return { ...retracted, revision, contenthash }
  const stated = { ...(revision === 1 ? submitted : amended), revision, contenthash }
  if (form === 'stated') return stated
  return form === 'failed' ? failedFrom(stated, enrichmentVersion) : enrichedFrom(stated, enrichmentVersion)
}

/** Few values of each part, so that events often meet at one revision, one content, one stage. */
const arbitraryEvent: fc.Arbitrary<ReportEvent> = fc
  .record<Parts>({
    form: fc.constantFrom('stated', 'retracted', 'failed', 'enriched'),
    revision: fc.integer({ min: 1, max: 3 }),
    contenthash: fc.constantFrom('0', '7', 'f').map((digit) => digit.repeat(64)),
    enrichmentVersion: fc.integer({ min: 1, max: 3 }),
  })
  .map((parts) => eventOf(parts))

/** Events of one report; with them, the same ones in another order and with duplicates, in batches. */
const history = fc.array(arbitraryEvent, { minLength: 1, maxLength: 12 }).chain((events) =>
  fc.record({
    events: fc.constant(events),
    batches: fc
      .array(fc.subarray(events), { maxLength: 3 })
      .chain((copies) => {
        const all = [...events, ...copies.flat()]
        return fc.shuffledSubarray(all, { minLength: all.length })
      })
      .chain((all) =>
        fc
          .array(fc.nat({ max: all.length }), { maxLength: 4 })
          .map((cuts) => [0, cuts.toSorted((one, other) => one - other), all.length].flat())
          .map((cuts) => cuts.slice(1).map((cut, index) => all.slice(cuts[index], cut))),
      ),
  }),
)

describe('the current state of a report', () => {
  test('is the same in any order, with any duplicates, at once or in any batches', () => {
    fc.assert(
      fc.property(history, ({ events, batches }) => {
        const expected = foldReport(events)
        expect(foldReport(batches.flat())).toEqual(expected)
        const inBatches = batches.reduce<ReportEvent | undefined>(
          (current, batch) => batch.reduce<ReportEvent | undefined>(evolve, current),
          undefined,
        )
        expect(inBatches).toEqual(expected)
        const folded = batches.map((batch) => foldReport(batch)).filter((event) => event !== undefined)
        expect(foldReport(folded)).toEqual(expected)
      }),
    )
  })

  test('has the greatest version of all', () => {
    fc.assert(
      fc.property(fc.array(arbitraryEvent, { minLength: 1 }), (events) => {
        const folded = foldReport(events)
        const version = folded === undefined ? -1n : standingOf(folded).version
        for (const event of events) expect(version >= standingOf(event).version).toBe(true)
      }),
    )
  })

  test('of no events is none', () => {
    expect(foldReport([])).toBeUndefined()
  })

  test('follows a report from its submission to an amendment after its retraction', () => {
    const enriched = enrichedFrom(submitted, 7)
    const reinstated = { ...amended, revision: 4 }
    const steps: readonly ReportEvent[] = [
      submitted,
      failedFrom(submitted, 6),
      enriched,
      amended,
      retracted,
      reinstated,
    ]
    for (const count of steps.keys())
      expect(foldReport(steps.slice(0, count + 1).toReversed())).toBe(steps[count])
  })

  test('is the enrichment, though the submission arrives after it', () => {
    const enriched = enrichedFrom(submitted, 7)
    expect(foldReport([enriched, submitted])).toBe(enriched)
  })

  test('is the first of one request that was received twice', () => {
    const later = { ...submitted, time: '2005-10-20T08:05:00.000Z' }
    expect(foldReport([later, submitted])).toBe(submitted)
    expect(foldReport([submitted, later])).toBe(submitted)
  })
})

test.each([
  [submitted, { stage: 0, retracted: false, enrichmentVersion: 0 }],
  [amended, { stage: 0, retracted: false, enrichmentVersion: 0 }],
  [retracted, { stage: 0, retracted: true, enrichmentVersion: 0 }],
  [failedFrom(submitted, 7), { stage: 1, retracted: false, enrichmentVersion: 7 }],
  [enrichedFrom(amended, 7), { stage: 2, retracted: false, enrichmentVersion: 7 }],
])('the standing of an event: %#', (event, standing) => {
  expect(standingOf(event)).toMatchObject(standing)
  expect(Object.values(EVENT_TYPES)).toContain(event.type)
})
