import { AppError, readReportEvent } from '@baqylau/contracts'
import { describe, expect, it } from 'vitest'
import type { Acceptance } from './acceptance.ts'
import { decideAmendment, decideRetraction } from './later-revision.ts'
import { decideSubmission } from './submission.ts'

const keys = {
  receipts: { proof: new Uint8Array(32).fill(1), check: new Uint8Array(32).fill(2) },
  contentHash: new Uint8Array(32).fill(3),
}
const arrival = { author: 'reporter-7', keyId: 'key-7', receivedAt: new Date('2005-10-20T08:00:00Z') }
const reportId = '0190b4c0-7a11-7c3e-9d55-0242ac120002'
const report = {
  kind: 'press_seizure',
  occurred: { from: '2005-10-19', precision: 'day' },
  place: { text: 'Алматы' },
  details: { outlet: 'Свобода слова' },
}

type Decision = Acceptance | AppError
const amend = (body: unknown): Decision => decideAmendment({ reportId, body }, arrival, keys)
const retract = (body: unknown): Decision => decideRetraction({ reportId, body }, arrival, keys)
const accepted = (decision: Decision): Acceptance => {
  if (decision instanceof AppError) throw decision
  return decision
}
const refusal = (decision: Decision) =>
  decision instanceof AppError
    ? { code: decision.code, paths: decision.faults.map(({ path }) => path) }
    : undefined
const submitted = accepted(decideSubmission({ reportId, ...report }, arrival, keys))

describe('an amendment', () => {
  it('is an event that consumers can read, of the same report, with the same receipt', () => {
    const { event, accepted: told } = accepted(amend({ revision: 2, ...report }))
    expect(readReportEvent(Buffer.from(JSON.stringify(event)))).toEqual({ ok: true, event })
    expect(event).toMatchObject({
      type: 'kz.baqylau.report.amended.v1',
      subject: reportId,
      author: 'reporter-7',
      keyid: 'key-7',
      revision: 2,
    })
    expect(told).toEqual({ ...submitted.accepted, revision: 2, eventId: event.id })
    expect(told.eventId).not.toBe(submitted.accepted.eventId)
  })
  it('has the content hash of its body, whatever its revision', () => {
    const hashOf = (body: object) => accepted(amend(body)).event.contenthash
    expect(hashOf({ revision: 2, ...report })).toBe(submitted.event.contenthash)
    expect(hashOf({ revision: 3, reportId, ...report })).toBe(submitted.event.contenthash)
    expect(hashOf({ revision: 2, ...report, narrative: 'x' })).not.toBe(submitted.event.contenthash)
  })
  it('may repeat its id, in either case', () => {
    const again = accepted(amend({ revision: 2, reportId: reportId.toUpperCase(), ...report }))
    expect(again.accepted).toEqual(accepted(amend({ revision: 2, ...report })).accepted)
  })
  it('is taken up to the last revision there is', () => {
    expect(accepted(amend({ revision: 65_535, ...report })).event.revision).toBe(65_535)
  })
  it.each([
    ['no revision', report, ['/revision']],
    ['revision 1', { ...report, revision: 1 }, ['/revision']],
    ['revision 0', { ...report, revision: 0 }, ['/revision']],
    ['a revision past 16 bits', { ...report, revision: 65_536 }, ['/revision']],
    ['a revision in words', { ...report, revision: '2' }, ['/revision']],
    ['a half revision', { ...report, revision: 2.5 }, ['/revision']],
    [
      'the id of another report',
      { ...report, revision: 2, reportId: reportId.replace(/2$/u, '3') },
      ['/reportId'],
    ],
    ['several faults', { ...report, place: {} }, ['/revision', '/place']],
    ['several reports', [{ ...report, revision: 2 }], ['/revision', '/']],
    ['nothing', null, ['/']],
  ])('with %s is none', (_what, body, paths) => {
    expect(refusal(amend(body))).toEqual({ code: 'invalid_report', paths })
  })
})

describe('a retraction', () => {
  const body = { revision: 2, reason: 'Ошибся адресом: это был другой Абай.' }
  it('is an event that consumers can read, with its reason in the personal part alone', () => {
    const { event, accepted: told } = accepted(retract(body))
    expect(readReportEvent(Buffer.from(JSON.stringify(event)))).toEqual({ ok: true, event })
    expect(event).toMatchObject({
      type: 'kz.baqylau.report.retracted.v1',
      subject: reportId,
      author: 'reporter-7',
      keyid: 'key-7',
      revision: 2,
      data: { personal: { reason: body.reason }, sealing: 'none' },
    })
    expect(told).toEqual({ ...submitted.accepted, revision: 2, eventId: event.id })
  })
  it('has the content hash of its reason, and another event at each revision', () => {
    const [first, later, other] = [body, { ...body, revision: 3 }, { ...body, reason: 'x' }].map(
      (each) => accepted(retract(each)).event,
    )
    expect(later?.contenthash).toBe(first?.contenthash)
    expect(later?.id).not.toBe(first?.id)
    expect(other?.contenthash).not.toBe(first?.contenthash)
  })
  it.each([
    ['no reason', { revision: 2 }, ['/reason']],
    ['an empty reason', { revision: 2, reason: '' }, ['/reason']],
    ['control characters in its reason', { revision: 2, reason: 'a\u0000b' }, ['/reason']],
    ['2,001 letters', { revision: 2, reason: 'ж'.repeat(2001) }, ['/reason']],
    ['no revision', { reason: 'x' }, ['/revision']],
    ['revision 1', { revision: 1, reason: 'x' }, ['/revision']],
    ['a revision past 16 bits', { revision: 65_536, reason: 'x' }, ['/revision']],
    ['a whole report', { ...body, kind: 'press_seizure' }, ['/kind']],
    ['nothing', null, ['/']],
  ])('with %s is none', (_what, wrong, paths) => {
    expect(refusal(retract(wrong))).toEqual({ code: 'invalid_retraction', paths })
  })
  it('tells its faults without the words that it came with', () => {
    const decision = retract({ revision: 2, reason: 'Бекова\u0000' })
    expect(JSON.stringify(decision)).not.toContain('Бекова')
  })
})
