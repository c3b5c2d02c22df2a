import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EVENT_TYPES, type ReportEvent, type ReportSubmitted } from './events/report-events.ts'
import { combineHistories, foldReport, foldReports, standingOf } from './fold.ts'
import { amended, enrichedFrom, failedFrom, retracted, seizure, submitted } from './testing/example-events.ts'

interface Parts {
  readonly form: 'stated' | 'retracted' | 'failed' | 'enriched'
  readonly revision: number
  readonly contenthash: string
  readonly enrichmentVersion: number
}

const withDetails = (
  event: ReportSubmitted,
  members: readonly (readonly [string, unknown])[],
): ReportSubmitted => ({
  ...event,
  data: { ...event.data, report: { ...event.data.report, details: Object.fromEntries(members) } },
})

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

describe('the history of a report', () => {
  test('is the same in any order, with any duplicates, at once or in any batches', () => {
    fc.assert(
      fc.property(history, ({ events, batches }) => {
        const expected = foldReport(events)
        expect(foldReport(batches.flat())).toEqual(expected)
        const folded = batches.map((batch) => foldReport(batch)).filter((part) => part !== undefined)
        expect(folded.reduce(combineHistories)).toEqual(expected)
      }),
    )
  })

  test('is told by the event of the greatest version, and begins with the first that was received', () => {
    fc.assert(
      fc.property(fc.array(arbitraryEvent, { minLength: 1 }), (events) => {
        const { current, receivedAtMs } = foldReport(events) ?? {}
        for (const event of events) {
          expect(current?.version).toBeGreaterThanOrEqual(standingOf(event).version)
          expect(receivedAtMs).toBeLessThanOrEqual(Date.parse(event.time))
        }
      }),
    )
  })

  test('is conflicting when the revision that holds has two contents', () => {
    fc.assert(
      fc.property(fc.array(arbitraryEvent, { minLength: 1 }), (events) => {
        const revision = Math.max(...events.map((event) => event.revision))
        const contents = events
          .filter((event) => event.revision === revision)
          .map((event) => event.contenthash)
        expect(foldReport(events)?.conflicting).toBe(new Set(contents).size > 1)
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
      expect(foldReport(steps.slice(0, count + 1).toReversed())?.current.event).toBe(steps[count])
  })

  test('is the enrichment, though the submission arrives after it', () => {
    const enriched = enrichedFrom(submitted, 7)
    expect(foldReport([enriched, submitted])?.current.event).toBe(enriched)
  })

  test('tells of one request that was received twice the first', () => {
    const later = { ...submitted, time: '2005-10-20T08:05:00.000Z' }
    for (const events of [
      [later, submitted],
      [submitted, later],
    ])
      expect(foldReport(events)).toMatchObject({
        current: { event: submitted },
        receivedAtMs: Date.parse(submitted.time),
        conflicting: false,
      })
  })

  test('is told by one of two contents whose hashes agree in all that is in the version, and is conflicting', () => {
    const lesser = { ...submitted, contenthash: `${'7'.repeat(32)}${'0'.repeat(32)}` }
    const greater = { ...submitted, contenthash: `${'7'.repeat(8)}8${'0'.repeat(55)}` }
    expect(standingOf(lesser).version).toBe(standingOf(greater).version)
    for (const events of [
      [lesser, greater],
      [greater, lesser],
    ])
      expect(foldReport(events)).toMatchObject({ current: { event: greater }, conflicting: true })
  })

  test('is the same for one content whose details were sent in another order', () => {
    const turned = withDetails(submitted, Object.entries(seizure.details).toReversed())
    expect(foldReport([turned, submitted])?.current).toEqual(foldReport([submitted, turned])?.current)
    expect(foldReport([turned, submitted])?.conflicting).toBe(false)
  })
})

describe('the states of reports', () => {
  test('are contested when another author has used the same id, even if they took it back', () => {
    const others = { ...retracted, author: 'somebody else' }
    const alone = { ...submitted, subject: '0190b4c0-7a11-7c3e-9d55-0242ac120003' }
    const states = foldReports([submitted, others, alone, enrichedFrom(submitted, 7)])
    expect(states.map(({ event, contested }) => [event.author, event.subject, contested])).toEqual([
      [submitted.author, submitted.subject, true],
      ['somebody else', submitted.subject, true],
      [alone.author, alone.subject, false],
    ])
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
