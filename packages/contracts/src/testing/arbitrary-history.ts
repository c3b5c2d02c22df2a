import * as fc from 'fast-check'
import { type Enrichment, ODIHR_AREAS, RESOLUTION_METHODS, UNRESOLVED_REASONS } from '../events/enrichment.ts'
import { reportEnriched } from '../events/make-events.ts'
import type { ReportEvent, ReportStated } from '../events/report-events.ts'
import { reportAmended, reportRetracted, reportSubmitted } from '../events/sender-events.ts'
import type { Report } from '../report/report.ts'
import { LANGUAGES } from '../report/vocabulary.ts'
import { arbitraryReport } from './arbitrary-report.ts'

const REGIONS = ['KZ-19', 'KZ-61', 'KZ-75', 'KZ-79'] as const
const ENRICHMENT_VERSIONS = 3
const REVISION_MAX = 2
const AUTHORS = ['heron', 'стрепет "41"'] as const
/** The first two agree in more than the version holds of them. */
const HASHES = ['7'.repeat(64), `${'7'.repeat(10)}${'8'.repeat(54)}`, 'f'.repeat(64)] as const
const FIRST_RECEIVED = Date.UTC(2005, 9, 19, 8, 5)

const region = fc.constantFrom(...REGIONS)
const words = fc.array(
  fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom('a', 'ж', '"', '\\', '/', ' ') }),
  {
    maxLength: 3,
  },
)
const orNull = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(value)

const enrichmentOf = ({ occurred }: Report): fc.Arbitrary<Enrichment> =>
  fc.record({
    day: fc.constant(occurred.from.slice(0, 10)),
    akimat: fc.record({
      regionCode: orNull(region),
      regionCodeToday: orNull(region),
      method: orNull(fc.constantFrom(...RESOLUTION_METHODS)),
      confidence: fc.float({ min: 0, max: 1, noNaN: true }),
      reason: orNull(fc.constantFrom(...UNRESOLVED_REASONS)),
      candidates: fc.array(region, { maxLength: 3 }),
    }),
    huridocs: words,
    odihrArea: fc.constantFrom(...ODIHR_AREAS),
    lawInForce: words,
    election: orNull(
      fc.record({
        id: fc.constant('kz-2005-president'),
        daysToElection: fc.integer({ min: -400, max: 400 }),
        campaignBegun: fc.boolean(),
      }),
    ),
    narrativeLanguage: orNull(fc.constantFrom(...LANGUAGES)),
  })

/** What was said, its hash, and what an enricher of each version makes of it: the same hash is the same content. */
interface Content {
  readonly contentHash: string
  readonly report: Report
  /** The members of `details` in another order, as another program may send them. */
  readonly turned: Report
  readonly enrichments: readonly Enrichment[]
}

const turn = (report: Report): Report =>
  ({ ...report, details: Object.fromEntries(Object.entries(report.details).toReversed()) }) as Report

const contentOf = (contentHash: string): fc.Arbitrary<Content> =>
  arbitraryReport.chain((report) =>
    fc.record({
      contentHash: fc.constant(contentHash),
      report: fc.constant(report),
      turned: fc.constant(turn(report)),
      enrichments: fc.array(enrichmentOf(report), {
        minLength: ENRICHMENT_VERSIONS,
        maxLength: ENRICHMENT_VERSIONS,
      }),
    }),
  )

interface Parts {
  readonly form: 'stated' | 'retracted' | 'failed' | 'enriched'
  readonly reportId: string
  readonly author: string
  readonly content: Content
  readonly isTurned: boolean
  readonly revision: number
  readonly enrichmentVersion: number
  readonly receivedAt: Date
  readonly keyId: string
}

const statedOf = (parts: Parts): ReportStated => {
  const { content, isTurned, revision } = parts
  const stated = {
    ...parts,
    contentHash: content.contentHash,
    receiptHash: 'b'.repeat(64),
    report: isTurned ? content.turned : content.report,
  }
  return revision === 1 ? reportSubmitted(stated) : reportAmended(stated)
}

const eventOf = (parts: Parts): ReportEvent => {
  const { form, content, enrichmentVersion } = parts
  if (form === 'retracted') {
    return reportRetracted({
      reportId: parts.reportId,
      author: parts.author,
      keyId: parts.keyId,
      receivedAt: parts.receivedAt,
      contentHash: content.contentHash,
      receiptHash: 'b'.repeat(64),
      retraction: { revision: parts.revision, reason: 'sent by mistake' },
    })
  }
  const stated = statedOf(parts)
  if (form === 'stated') return stated
  const enrichment = content.enrichments[enrichmentVersion - 1]
  return form === 'failed' || enrichment === undefined
    ? reportEnriched(
        stated,
        { enrichment: null, failure: { step: 'akimat', detail: 'it threw' }, narrativeRedacted: undefined },
        enrichmentVersion,
      )
    : reportEnriched(
        stated,
        { enrichment, failure: null, narrativeRedacted: 'Видел пачки.' },
        enrichmentVersion,
      )
}

const eventsOf = (
  contents: readonly [Content, ...Content[]],
  ids: readonly [string, ...string[]],
): fc.Arbitrary<readonly ReportEvent[]> =>
  fc.array(
    fc
      .record<Parts>({
        form: fc.constantFrom('stated', 'retracted', 'failed', 'enriched'),
        reportId: fc.constantFrom(...ids),
        author: fc.constantFrom(...AUTHORS),
        content: fc.constantFrom(...contents),
        isTurned: fc.boolean(),
        revision: fc.integer({ min: 1, max: REVISION_MAX }),
        enrichmentVersion: fc.integer({ min: 1, max: ENRICHMENT_VERSIONS }),
        receivedAt: fc.integer({ min: 0, max: 5000 }).map((ms) => new Date(FIRST_RECEIVED + ms)),
        keyId: fc.constantFrom('field-1', 'field-2'),
      })
      .map((parts) => eventOf(parts)),
    { minLength: 1, maxLength: 30, size: 'max' },
  )

/**
 * Events of a few reports in no order, which often meet: ids that several authors use, revisions of several contents, among
 * them contents that the version cannot tell apart, amendments and retractions before and after what they are of,
 * enrichments of several versions and failed ones, and one request received twice.
 */
export const arbitraryHistory: fc.Arbitrary<readonly ReportEvent[]> = fc
  .tuple(
    fc.tuple(contentOf(HASHES[0]), contentOf(HASHES[1]), contentOf(HASHES[2])),
    fc.tuple(fc.uuid(), fc.uuid()),
  )
  .chain(([contents, ids]) => eventsOf(contents, ids))

/** All of the items, some of them several times, in any order, cut into batches anywhere. */
export const arbitraryDeliveries = <Item>(
  items: readonly Item[],
): fc.Arbitrary<readonly (readonly Item[])[]> =>
  fc
    .subarray([...items])
    .chain((again) => {
      const all = [...items, ...again]
      return fc.shuffledSubarray(all, { minLength: all.length })
    })
    .chain((all) =>
      fc
        .array(fc.nat({ max: all.length }), { maxLength: 4 })
        .map((cuts) => [0, cuts.toSorted((one, other) => one - other), all.length].flat())
        .map((cuts) => cuts.slice(1).map((cut, index) => all.slice(cuts[index], cut))),
    )
