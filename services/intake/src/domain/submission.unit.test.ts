import { AppError, readReportEvent, REPORT_BYTES_MAX, type ReportSubmitted } from '@baqylau/contracts'
import { describe, expect, it } from 'vitest'
import type { Acceptance } from './acceptance.ts'
import { decideSubmission } from './submission.ts'

const keys = {
  receipts: { proof: new Uint8Array(32).fill(1), check: new Uint8Array(32).fill(2) },
  contentHash: new Uint8Array(32).fill(3),
}
const arrival = { author: 'reporter-7', keyId: 'key-7', receivedAt: new Date('2005-10-20T08:00:00Z') }
const report = {
  reportId: '0190b4c0-7a11-7c3e-9d55-0242ac120002',
  kind: 'press_seizure',
  occurred: { from: '2005-10-19', precision: 'day' },
  place: { text: 'Алматы' },
  narrative: 'Тираж сняли с машины.',
  details: { outlet: 'Свобода слова' },
}

const decide = (value: unknown, from = arrival): Acceptance<ReportSubmitted> => {
  const submission = decideSubmission(value, from, keys)
  if (submission instanceof AppError) throw submission
  return submission
}
const refusalOf = (value: unknown): AppError | undefined => {
  const submission = decideSubmission(value, arrival, keys)
  return submission instanceof AppError ? submission : undefined
}

describe('a submission', () => {
  it('is an event that consumers can read, and what its sender is told', () => {
    const { event, accepted } = decide(report)
    const read = readReportEvent(Buffer.from(JSON.stringify(event)))
    expect(read).toMatchObject({
      ok: true,
      event: { author: 'reporter-7', keyid: 'key-7', time: '2005-10-20T08:00:00.000Z' },
    })
    expect(event.data.personal).toMatchObject({
      narrative: 'Тираж сняли с машины.',
      place: { text: 'Алматы' },
    })
    expect(JSON.stringify(event.data.report)).not.toContain('Тираж')
    expect(accepted).toMatchObject({ reportId: report.reportId, revision: 1, eventId: event.id })
    expect(accepted.receipt).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){3}$/u)
  })
  it('is the same one when it is sent again, whenever that is and in whatever order its members are', () => {
    const again = Object.fromEntries(Object.entries({ revision: 1, ...report }).toReversed())
    const { event, accepted } = decide(again, { ...arrival, receivedAt: new Date('2006-01-01T00:00:00Z') })
    expect(accepted).toEqual(decide(report).accepted)
    expect(event.id).toBe(decide(report).event.id)
  })
  it('is the same one by another key of the same author', () => {
    const { event, accepted } = decide(report, { ...arrival, keyId: 'key-8' })
    expect(event.keyid).toBe('key-8')
    expect(accepted).toEqual(decide(report).accepted)
  })
  it('is another one from another author, or with another content', () => {
    const ids = [
      decide(report),
      decide(report, { ...arrival, author: 'reporter-8' }),
      decide({ ...report, narrative: 'Тираж вернули.' }),
    ].map(({ event }) => event.id)
    expect(new Set(ids).size).toBe(3)
  })
  it('without an id gets the same one for the same author and content', () => {
    const { reportId: _reportId, ...content } = report
    const first = decide(content).accepted
    expect(decide(content).accepted).toEqual(first)
    expect(decide(content, { ...arrival, author: 'reporter-8' }).accepted.reportId).not.toBe(first.reportId)
  })
  it('takes a UUID in capitals for the same UUID', () => {
    expect(decide({ ...report, reportId: report.reportId.toUpperCase() }).accepted).toEqual(
      decide(report).accepted,
    )
  })
  it('is none when it is a later revision', () => {
    expect(refusalOf({ ...report, revision: 2 })).toMatchObject({
      code: 'revision_not_first',
      faults: [{ path: '/revision' }],
    })
  })
  it('is none when its form is wrong, and the faults say where, never what', () => {
    const refusal = refusalOf({ ...report, details: { outlet: 'a\u0000b', secret: 'Бекова' } })
    expect(refusal?.code).toBe('invalid_report')
    expect(refusal?.faults.map(({ path }) => path)).toEqual(['/details/secret', '/details/outlet'])
    expect(JSON.stringify(refusal?.faults)).not.toContain('Бекова')
  })
  it('stays small: the schema bounds the largest report there can be', () => {
    const line = (length: number) => 'ұ'.repeat(length)
    const largest = {
      ...report,
      kind: 'vote_tally',
      narrative: '€'.repeat(20_000),
      statedReason: '€'.repeat(2000),
      legalBasis: Array.from({ length: 20 }, () => line(200)),
      evidence: Array.from({ length: 20 }, () => ({
        sha256: 'a'.repeat(64),
        sizeBytes: 10_000_000_000,
        mediaType: line(100),
      })),
      place: { text: line(500) },
      details: {
        precinct: line(200),
        votes: Array.from({ length: 50 }, () => ({ candidate: '€'.repeat(200), votes: 100_000_000 })),
      },
    }
    expect(Buffer.byteLength(JSON.stringify(decide(largest).event))).toBeLessThan(REPORT_BYTES_MAX)
  })
})
