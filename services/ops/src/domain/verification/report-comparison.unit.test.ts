import {
  type Enrichment,
  type Report,
  reportAmended,
  reportEnriched,
  type ReportEvent,
  reportRetracted,
  reportSubmitted,
} from '@baqylau/contracts'
import { describe, expect, test } from 'vitest'
import { incidentDigest } from './digests.ts'
import { encodeEntry, logEntryOf } from './log-entry.ts'
import { openReportBucket, type ReportBucket } from './report-comparison.ts'
import type { ViewLine } from './view-line.ts'

const ID = '0190b4c0-7a11-7c3e-9d55-0242ac120002'
const REPORT: Report = {
  kind: 'press_seizure',
  occurred: { from: '2005-10-19', precision: 'day' },
  place: { text: 'Алматы' },
  details: { outlet: 'Свобода слова', copiesSeized: 50_000 },
}
const sent = {
  reportId: ID,
  author: 'heron',
  contentHash: 'c'.repeat(64),
  receiptHash: 'b'.repeat(64),
  receivedAt: new Date('2005-10-19T08:05:00Z'),
}
const submitted = reportSubmitted({ ...sent, report: REPORT })
const amended = reportAmended({ ...sent, report: REPORT, revision: 2 })
const retracted = reportRetracted({ ...sent, retraction: { revision: 3, reason: 'sent by mistake' } })
const enrichment: Enrichment = {
  day: '2005-10-19',
  akimat: {
    regionCode: 'KZ-75',
    regionCodeToday: 'KZ-75',
    method: 'settlement',
    confidence: 0.9,
    reason: null,
    candidates: [],
  },
  huridocs: [],
  odihrArea: 'media',
  lawInForce: [],
  election: null,
  narrativeLanguage: null,
}
const enriched = reportEnriched(submitted, { enrichment, failure: null, narrativeRedacted: undefined }, 7)

const inLog = (...events: readonly ReportEvent[]): ReportBucket => {
  const bucket = openReportBucket()
  for (const [index, event] of events.entries())
    bucket.addLog(encodeEntry(logEntryOf({ topic: 'reports', partition: 0, offset: String(index) }, event)))
  return bucket
}

/** ClickHouse says of the bucket what the log says, but for what is changed. */
const alike = (bucket: ReportBucket, event: ReportEvent, changes: object = {}): ReportBucket => {
  const { author, shown, receivedAtMs } = logEntryOf({ topic: 'reports', partition: 0, offset: '0' }, event)
  const { digest, currentDigest } = shown ?? { digest: '', currentDigest: '' }
  const report = {
    view: 'reports',
    id: ID,
    author,
    digest,
    received: receivedAtMs,
    region: shown?.part.region_code ?? '',
    day: shown?.part.day ?? '',
  }
  const lines: readonly ViewLine[] = [
    { ...report, ...changes } as ViewLine,
    {
      view: 'current_reports',
      id: ID,
      author,
      digest: currentDigest,
      received: receivedAtMs,
    },
    { view: 'report_links', id: ID, author, incident: ID, version: '0' },
    ...bucket
      .incidents()
      .map((row): ViewLine => ({ view: 'incidents', id: ID, digest: incidentDigest.of(row) })),
  ]
  for (const line of lines) bucket.addView(JSON.stringify(line))
  return bucket
}

const NOTHING_DISPATCHED = new Map<string, bigint>()
const found = (bucket: ReportBucket, dispatched = NOTHING_DISPATCHED) =>
  [...bucket.compare(dispatched)].map(({ kind, columns }) =>
    columns === undefined ? kind : `${kind}: ${columns.join('; ')}`,
  )

describe('a report', () => {
  test('is alike when its row has the digest of the event that tells it', () => {
    expect(found(alike(inLog(submitted, enriched), enriched))).toEqual([])
    expect(found(alike(inLog(enriched, submitted, enriched), enriched))).toEqual([])
  })

  test('differs when its row is of another event, was received at another time, or is flagged', () => {
    const bucket = () => inLog(submitted, enriched)
    expect(found(alike(bucket(), submitted))).toContainEqual('report_differs: content')
    expect(found(alike(bucket(), enriched, { received: 0 }))).toEqual(['report_differs: received_at'])
    const flagged = alike(bucket(), enriched)
    flagged.addView(JSON.stringify({ view: 'contested', id: ID, author: 'heron' }))
    expect(found(flagged)).toEqual(['report_differs: contested'])
  })

  test('is missing when the log has it and ClickHouse has not, in every view', () => {
    expect(found(inLog(submitted))).toEqual([
      'report_missing',
      'current_report_differs: content; received_at',
      'report_link_differs',
      'incident_differs',
    ])
  })

  test('is one too many when it was taken back, and when the log has none of this author', () => {
    expect(found(inLog(submitted, retracted))).toEqual([])
    expect(found(alike(inLog(submitted, retracted), submitted))).toContain('report_extra')
    expect(found(alike(openReportBucket(), submitted))).toContain('report_extra')
  })

  test('was never enriched when the dispatcher has come past the event that tells it', () => {
    const past = new Map([['reports/0', 2n]])
    expect(found(alike(inLog(submitted), submitted), past)).toEqual(['never_enriched'])
    expect(found(alike(inLog(submitted, enriched), enriched), past)).toEqual([])
    expect(found(inLog(submitted, retracted), past)).toEqual([])
    const notYet = new Map([['reports/0', 1n]])
    expect(found(alike(inLog(submitted, amended), amended), notYet)).toEqual([])
    expect(inLog(submitted, amended).counts()).toEqual({ reports: 1, retracted: 0 })
    expect(inLog(submitted, amended).waiting(notYet)).toEqual([ID])
    expect(inLog(submitted, amended).waiting(past)).toEqual([])
  })

  test('is one too many when it has two rows', () => {
    const bucket = alike(inLog(submitted, enriched), enriched)
    expect(found(alike(bucket, enriched))).toEqual([
      'report_extra',
      'current_report_differs: content; received_at',
      'report_link_differs',
      'incident_differs',
    ])
  })

  test('differs when what analysts see of it does', () => {
    const bucket = alike(inLog(enriched), enriched)
    bucket.addView(JSON.stringify({ view: 'current_conflicting', id: ID, author: 'heron' }))
    expect(found(bucket)).toEqual(['current_report_differs: conflicting'])
  })
})

describe('a report of which the lander gave up an event', () => {
  const entryAt = (offset: string, event: ReportEvent, isDoubtful: boolean): string =>
    encodeEntry({ ...logEntryOf({ topic: 'reports', partition: 0, offset }, event), isDoubtful })
  const known = (...events: readonly (readonly [ReportEvent, boolean])[]): ReportBucket => {
    const bucket = openReportBucket()
    for (const [index, [event, isDoubtful]] of events.entries())
      bucket.addLog(entryAt(String(index), event, isDoubtful))
    return bucket
  }

  test('is alike with the event and without it, and not when it is neither', () => {
    expect(found(known([submitted, true]))).toEqual([])
    expect(found(alike(known([submitted, true]), submitted))).toEqual([])
    const both = () => known([submitted, true], [enriched, true])
    expect(found(both())).toEqual([])
    expect(found(alike(both(), submitted))).toEqual([])
    expect(found(alike(both(), enriched))).toEqual([])
    expect(found(alike(both(), amended)).length).toBeGreaterThan(0)
    expect(found(alike(known([submitted, false], [amended, true]), submitted))).toEqual([])
    expect(found(known([submitted, false], [amended, true]))).toContain('report_missing')
  })

  test('counts as ClickHouse has it', () => {
    const bucket = known([submitted, true])
    expect(found(bucket)).toEqual([])
    expect([bucket.shown(), bucket.counts()]).toEqual([[], { reports: 0, retracted: 0 }])
  })
})
