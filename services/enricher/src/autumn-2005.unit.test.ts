import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { createResolver } from '@baqylau/akimats'
import { type Report, reportEnriched, reportSubmitted } from '@baqylau/contracts'
import { describe, expect, it } from 'vitest'
import { enrich } from './domain/enrich.ts'
import { ENRICHMENT_VERSION, stepsWith } from './domain/step-order.ts'

const FIXTURES = new URL('../../../test/fixtures/', import.meta.url)
const PINNED = new URL('autumn-2005.pinned.json', import.meta.url)

const reports = readFileSync(new URL('autumn-2005.ndjson', FIXTURES), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Report)
const expected = JSON.parse(readFileSync(new URL('autumn-2005.expected.json', FIXTURES), 'utf8')) as Readonly<
  Record<string, { readonly regionCode: string | null }>
>

/** Places that the resolver leaves open, and people did not. One that it learns is taken out of here. */
const NOT_YET_PLACED: readonly string[] = ['0107b0ba-dd1d-7d6f-83bb-06a958d56808']

const ADVICE =
  'What the enricher makes of the sample reports has changed. Raise ENRICHMENT_VERSION in domain/step-order.ts, so that new ' +
  'enrichments win over those in the log; then pin the new output: PIN_ENRICHMENT=1 pnpm run test:unit services/enricher'

interface Pinned {
  readonly enrichmentVersion: number
  readonly sha256: string
}
const readPinned = (): Pinned | undefined =>
  existsSync(PINNED) ? (JSON.parse(readFileSync(PINNED, 'utf8')) as Pinned) : undefined

const steps = stepsWith(createResolver().resolve)
const enriched = reports.map((report) => {
  const { reportId = '' } = report
  const stated = reportSubmitted({
    report,
    reportId,
    author: 'golden',
    contentHash: createHash('sha256').update(reportId).digest('hex'),
    receiptHash: createHash('sha256').update(`receipt of ${reportId}`).digest('hex'),
    receivedAt: new Date('2005-12-31T00:00:00Z'),
  })
  return reportEnriched(stated, enrich(stated, steps), ENRICHMENT_VERSION)
})

describe('the enrichment of autumn 2005', () => {
  it('is what it was when its version was raised last', () => {
    const hash = createHash('sha256')
    for (const event of enriched) {
      const { enrichment, personal } = event.data
      hash.update(`${JSON.stringify([event.subject, enrichment, personal.narrativeRedacted])}\n`)
    }
    const now: Pinned = { enrichmentVersion: ENRICHMENT_VERSION, sha256: hash.digest('hex') }
    const pinned = readPinned()
    const mayPin = pinned === undefined || pinned.enrichmentVersion < now.enrichmentVersion
    if (process.env['PIN_ENRICHMENT'] === '1' && mayPin)
      writeFileSync(PINNED, `${JSON.stringify(now, undefined, 2)}\n`)
    expect(isDeepStrictEqual(now, readPinned()) ? 'as pinned' : ADVICE).toBe('as pinned')
  })

  it('places every report where people placed it, and none that nobody could', () => {
    const differences = enriched.flatMap(({ subject, data }, index) => {
      const found = data.enrichment?.akimat.regionCode
      const wanted = expected[subject]?.regionCode
      return found === wanted ? [] : [{ subject, place: reports[index]?.place, found, wanted }]
    })
    expect(differences.filter(({ subject }) => !NOT_YET_PLACED.includes(subject))).toEqual([])
    expect(differences.filter(({ found }) => found !== null)).toEqual([])
    expect(differences.map(({ subject }) => subject)).toEqual(NOT_YET_PLACED)
  })

  it('tells the language of nearly every narrative', () => {
    const told = enriched.flatMap(({ subject, data }, index) => {
      const { narrative, language } = reports[index] ?? {}
      return narrative === undefined || language === undefined
        ? []
        : [{ subject, language, found: data.enrichment?.narrativeLanguage }]
    })
    const wrong = told.filter(({ language, found }) => language !== found)
    expect(told.length).toBeGreaterThan(100)
    expect(1 - wrong.length / told.length).toBeGreaterThanOrEqual(0.97)
  })

  it('leaves no telephone number, address or identity number in a narrative', () => {
    const narratives = enriched.map(({ data }) => data.personal.narrativeRedacted ?? '')
    expect(narratives.filter((text) => /@|\d{7}|\+\s?7/.test(text))).toEqual([])
    expect(narratives.filter((text) => text.includes('[phone]')).length).toBeGreaterThan(3)
    expect(narratives.filter((text) => text.includes('[e-mail]')).length).toBeGreaterThan(0)
    expect(narratives.filter((text) => text.includes('[identity number]')).length).toBeGreaterThan(0)
  })
})
