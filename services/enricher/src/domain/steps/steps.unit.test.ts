import { akimats, createResolver } from '@baqylau/akimats'
import { KINDS, type Kind, type Report } from '@baqylau/contracts'
import { describe, expect, it } from 'vitest'
import { akimatBy } from './akimat.ts'
import { election } from './election.ts'
import { huridocs } from './huridocs.ts'
import { lawInForce } from './law-in-force.ts'
import { occurrenceDay } from './occurrence-day.ts'
import { odihrArea } from './odihr-area.ts'

const DETAILS: Readonly<Record<Kind, Readonly<Record<string, unknown>>>> = {
  press_seizure: { outlet: 'Свобода слова' },
  assembly_arrest: { peopleDetained: 1 },
  premises_denial: { venue: 'hall' },
  voter_intimidation: { means: 'e_voting' },
  media_access_denial: { outlet: 'channel' },
  administrative_resource: { office: 'akimat' },
  electoral_fraud: { method: 'other' },
  vote_tally: { votes: [] },
}
const reportOf = (kind: Kind, changes: Readonly<Record<string, unknown>> = {}): Report =>
  ({
    kind,
    occurred: { from: '2005-10-19', precision: 'day' },
    place: { text: 'Алматы' },
    details: DETAILS[kind],
    ...changes,
  }) as Report
const occurredAt = (from: string): Report =>
  reportOf('press_seizure', { occurred: { from, precision: 'exact' } })

describe('the day of the occurrence', () => {
  it.each([
    ['2005-10-19', '2005-10-19'],
    ['2005-10-19T00:10:00+06:00', '2005-10-19'],
    ['2005-10-19T23:59:59-11:00', '2005-10-19'],
    ['2005-12-31T20:00:00Z', '2005-12-31'],
  ])('of %s is as written: %s', (from, day) => {
    expect(occurrenceDay.run(occurredAt(from), {})).toEqual({ day })
  })
})

describe('the election', () => {
  it.each([
    ['2005-12-04', 0, true],
    ['2005-12-03', 1, true],
    ['2005-12-05', -1, true],
    ['2005-10-25', 40, true],
    ['2005-10-24', 41, false],
    ['2005-10-19', 46, false],
    ['2005-06-07', 180, false],
    ['2006-03-04', -90, true],
  ])('is, on %s, %i days away; the campaign has begun: %s', (day, daysToElection, campaignBegun) => {
    expect(election.run(occurredAt(day), { day })).toEqual({
      election: { id: 'kz-2005-president', daysToElection, campaignBegun },
    })
  })

  it.each(['2005-06-06', '2006-03-05', '1999-12-04', '2024-12-04'])('is none on %s', (day) => {
    expect(election.run(occurredAt(day), { day })).toEqual({ election: null })
  })
})

describe('the law in force', () => {
  const titlesOn = (kind: Kind, day: string): string =>
    (lawInForce.run(reportOf(kind), { day }).lawInForce ?? []).join(' | ')

  it.each([
    ['2005-10-29', ['Law 2126', '2001, art. 373'], ['333-VI', 'art. 488', 'Covenant']],
    ['2014-12-31', ['Law 2126', '2001, art. 373', 'Covenant'], ['art. 488']],
    ['2015-01-01', ['Law 2126', 'art. 488', 'Covenant'], ['art. 373']],
    ['2020-05-24', ['Law 2126'], ['333-VI']],
    ['2020-05-25', ['333-VI', 'art. 488'], ['Law 2126']],
  ])('about an arrest on %s', (day, applies, doesNot) => {
    const titles = titlesOn('assembly_arrest', day)
    for (const law of applies) expect(titles).toContain(law)
    for (const law of doesNot) expect(titles).not.toContain(law)
  })

  it('about elections is the Constitutional Law alone in 2005: the Covenant came later', () => {
    for (const kind of KINDS.filter((each) => each !== 'assembly_arrest')) {
      expect(titlesOn(kind, '2005-10-19')).toMatch(/^Constitutional Law 2464[^|]*art\. 27\.5, 28$/)
      expect(titlesOn(kind, '2006-04-23')).not.toContain('Covenant')
      expect(titlesOn(kind, '2006-04-24')).toContain('Covenant')
    }
  })
})

describe('the HURIDOCS acts', () => {
  it.each([
    ['press_seizure', ['100101', '100102', '100103', '130107']],
    ['assembly_arrest', ['030101', '030102', '030107']],
    ['premises_denial', ['120105', '120106', '170105.01']],
    ['voter_intimidation', ['170105']],
    ['electoral_fraud', ['170104', '170101']],
    ['media_access_denial', ['local:media_access_denial']],
    ['administrative_resource', ['local:administrative_resource']],
    ['vote_tally', ['local:vote_tally']],
  ] as const)('of %s', (kind, codes) => {
    expect(huridocs.run(reportOf(kind), {})).toEqual({ huridocs: codes })
  })
})

describe('the ODIHR area', () => {
  it.each([
    ['press_seizure', {}, 'media'],
    ['media_access_denial', {}, 'media'],
    ['assembly_arrest', {}, 'campaign'],
    ['premises_denial', {}, 'campaign'],
    ['administrative_resource', {}, 'campaign'],
    ['voter_intimidation', {}, 'campaign'],
    ['electoral_fraud', { method: 'ballot_stuffing' }, 'voting'],
    ['electoral_fraud', { method: 'observer_removal' }, 'observers'],
    ['electoral_fraud', { method: 'protocol_alteration' }, 'counting'],
    ['electoral_fraud', { method: 'voter_list' }, 'election_administration'],
    ['vote_tally', { precinct: '12', votes: [] }, 'counting'],
    ['vote_tally', { votes: [] }, 'tabulation'],
  ] as const)('of %s %o is %s', (kind, details, area) => {
    const report = reportOf(kind, Object.keys(details).length === 0 ? {} : { details })
    expect(odihrArea.run(report, {})).toEqual({ odihrArea: area })
  })
})

describe('the akimat', () => {
  const step = akimatBy(createResolver().resolve)
  const akimatOf = (place: Report['place'], day: string) =>
    step.run(reportOf('press_seizure', { place }), { day }).akimat

  it.each([
    ['Алматы', '2005-10-19', 'KZ-75', 'KZ-75'],
    ['Шымкент', '2005-10-19', 'KZ-61', 'KZ-79'],
    ['Шымкент', '2018-06-19', 'KZ-79', 'KZ-79'],
    ['Семипалатинск', '2005-10-19', 'KZ-63', 'KZ-10'],
  ])('of %s on %s is %s, and %s today', (text, day, regionCode, regionCodeToday) => {
    expect(akimatOf({ text }, day)).toMatchObject({ regionCode, regionCodeToday, reason: null })
  })

  it('is found by coordinates alone, and is none abroad', () => {
    expect(akimatOf({ lat: 43.2567, lon: 76.9286 }, '2005-10-19')).toMatchObject({ regionCode: 'KZ-75' })
    expect(akimatOf({ lat: 55.75, lon: 37.62 }, '2005-10-19')).toMatchObject({
      regionCode: null,
      reason: 'foreign',
    })
  })

  it('is one of the registry, whatever the day', () => {
    const codes = new Set<string | null>(akimats.map(({ code }) => code))
    for (const day of ['1991-12-16', '2005-12-04', '2022-06-08', '2026-01-01']) {
      expect(codes).toContain(akimatOf({ text: 'Караганда' }, day)?.regionCode)
    }
  })
})

it.each([akimatBy(createResolver().resolve), election, lawInForce])(
  '$name says which step has to run before it',
  (step) => {
    expect(() => step.run(reportOf('press_seizure'), {})).toThrow('occurrence-day has to run first')
  },
)
