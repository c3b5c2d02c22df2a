import { readFileSync } from 'node:fs'
import { checkReport, KINDS, type Report } from '@baqylau/contracts'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultsOnForm } from './form-faults.ts'
import { fieldsOf, sectionsOf } from './form-model.ts'
import { closeRows, readForm, reportOfForm, type Typed } from './read-form.ts'

const NOW = new Date('2006-01-15T12:00:00Z')
const typing = (entries: Readonly<Record<string, string>>): Typed => new URLSearchParams(entries)
const seizure = {
  'details.outlet': 'Свобода слова',
  'occurred.date': '2005-10-19',
  'place.text': 'Алматы',
}
const readSeizure = (entries: Readonly<Record<string, string>> = {}) =>
  readForm('press_seizure', typing({ ...seizure, ...entries }))

const faultsOf = (kind: Report['kind'], typed: Typed): readonly string[] => {
  const check = checkReport(readForm(kind, typed), NOW)
  if (check.ok) return []
  const { atFields, elsewhere } = faultsOnForm(kind, typed, check.faults)
  return [
    ...atFields.map(({ field, reason }) => `${field.name} ${reason}`),
    ...(elsewhere ? ['elsewhere'] : []),
  ]
}

describe('a filled form', () => {
  it('is the report that would be sent as JSON', () => {
    expect(readSeizure({ consent: 'yes' })).toEqual({
      kind: 'press_seizure',
      channel: 'form',
      formVersion: '1',
      occurred: { from: '2005-10-19', precision: 'day' },
      place: { text: 'Алматы' },
      consent: true,
      details: { outlet: 'Свобода слова' },
    })
  })
  it('takes a time by the clock of its region, and is exact then', () => {
    expect(readSeizure({ 'occurred.time': '9:30' })).toMatchObject({
      occurred: { from: '2005-10-19T09:30:00+06:00', precision: 'exact' },
    })
    expect(readSeizure({ 'occurred.time': '09:30:15', 'occurred.zone': 'Asia/Aqtobe' })).toMatchObject({
      occurred: { from: '2005-10-19T09:30:00+05:00' },
    })
    expect(readSeizure({ 'occurred.precision': 'approximate', 'occurred.time': '09:30' })).toMatchObject({
      occurred: { precision: 'approximate' },
    })
  })
  it('takes numbers as people write them here, and never guesses at a whole one', () => {
    const read = readSeizure({
      'details.copiesSeized': '50 000',
      'details.copiesPrinted': '100,000',
      'place.lat': '43,2567',
      'place.lon': '76.9286',
    })
    expect(read).toMatchObject({
      details: { copiesSeized: 50_000, copiesPrinted: '100,000' },
      place: { lat: 43.2567, lon: 76.9286 },
    })
  })
  it('tells yes, no and not known apart', () => {
    const read = readSeizure({ 'details.courtOrder': 'yes', 'details.returned': 'no' })
    expect(read['details']).toEqual({ outlet: 'Свобода слова', courtOrder: true, returned: false })
  })
  it('moves rows of a tally up over empty ones', () => {
    const typed = closeRows(
      'vote_tally',
      typing({
        'details.votes.1.candidate': 'А',
        'details.votes.1.votes': '5',
        'details.votes.7.candidate': 'Б',
      }),
    )
    expect(readForm('vote_tally', typed)['details']).toEqual({
      votes: [{ candidate: 'А', votes: 5 }, { candidate: 'Б' }],
    })
    expect(faultsOf('vote_tally', typed)).toContain('details.votes.1.votes missing')
  })
  it('may hold anything at all: it is read, and then refused or not', () => {
    const names = [...new Set(KINDS.flatMap((kind) => fieldsOf(sectionsOf(kind)).map(({ name }) => name)))]
    const anything = fc.array(fc.tuple(fc.constantFrom(...names), fc.string({ unit: 'binary' })))
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), anything, (kind, entries) => {
        const typed = closeRows(kind, new URLSearchParams(entries))
        expect(faultsOf(kind, typed)).not.toContain('elsewhere')
      }),
    )
  })
})

/** A report's members by the names of the form's fields: what somebody would have typed. */
const typedFrom = (value: unknown, name = ''): [string, string][] => {
  if (value === true) return [[name, 'yes']]
  if (value === false) return name === 'consent' ? [] : [[name, 'no']]
  if (Array.isArray(value) && value.every((item) => typeof item === 'string'))
    return value.map((item: string): [string, string] => [name, item])
  if (typeof value !== 'object' || value === null) return [[name, String(value)]]
  return Object.entries(value).flatMap(([member, inner]) =>
    typedFrom(inner, name === '' ? member : `${name}.${member}`),
  )
}

describe('every sample report', () => {
  const file = new URL('../../../../../test/fixtures/autumn-2005.ndjson', import.meta.url)
  const samples = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Report)

  it('can be written on the form: what it asks for comes back as it was', () => {
    for (const sample of samples) {
      const [date = '', time = ''] = sample.occurred.from.split('T')
      const typed = closeRows(
        sample.kind,
        new URLSearchParams([
          ...typedFrom(sample),
          ['occurred.date', date],
          ['occurred.time', time.slice(0, 5)],
          ['occurred.zone', time.endsWith('+05:00') ? 'Asia/Aqtobe' : 'Asia/Almaty'],
        ]),
      )
      const { accuracyMetres: _accuracy, ...place } = sample.place
      expect(readForm(sample.kind, typed)).toEqual({
        kind: sample.kind,
        channel: 'form',
        formVersion: '1',
        occurred: { from: sample.occurred.from, precision: sample.occurred.precision },
        place,
        narrative: sample.narrative,
        language: sample.language,
        sourceConnection: sample.sourceConnection,
        reliability: sample.reliability,
        confidentiality: sample.confidentiality,
        consent: sample.consent ?? false,
        details: sample.details,
      })
    }
  })
})

describe('the report of a form', () => {
  const form = { ...seizure, formId: 'form-1' }
  const idOf = (entries: Readonly<Record<string, string>>, author = 'reporter-7'): unknown =>
    reportOfForm('press_seizure', typing(entries), author)['reportId']

  it('is the same one as often as it is sent, and is good by its form', () => {
    expect(idOf({ ...form, key: 'entered anew' })).toBe(idOf(form))
    expect(checkReport(reportOfForm('press_seizure', typing(form), 'reporter-7'), NOW)).toMatchObject({
      ok: true,
    })
  })
  it('is another one from another form, from another author, or once it was edited', () => {
    const ids = [
      idOf(form),
      idOf({ ...form, formId: 'form-2' }),
      idOf(form, 'reporter-8'),
      idOf({ ...form, narrative: 'Тираж вернули.' }),
    ]
    expect(new Set(ids).size).toBe(4)
  })
})

describe('the faults of a form', () => {
  it('are elsewhere where no field is', () => {
    const fault = { path: '/reportId', message: 'must be a UUID' }
    expect(faultsOnForm('press_seizure', typing(seizure), [fault])).toEqual({
      atFields: [],
      elsewhere: true,
    })
  })
  it.each(KINDS)('name everything that an empty form of %s lacks', (kind) => {
    const required = fieldsOf(sectionsOf(kind)).filter(
      (field) => field.required && !/\.[1-7]\./u.test(field.name),
    )
    const lacking = required.map(({ name }) => name).filter((name) => name !== 'details.votes.0.votes')
    const expected = [...lacking, 'place.text'].map((name) => `${name} missing`)
    expect(faultsOf(kind, typing({}))).toEqual(expected)
  })
  it.each([
    ['occurred.date refused', { 'occurred.date': '1066-10-14' }],
    ['occurred.date refused', { 'occurred.date': '3000-01-01', 'occurred.time': '10:00' }],
    ['occurred.date refused', { 'occurred.date': '2006-03-01' }],
    ['occurred.date refused', { 'occurred.date': '2005-02-30', 'occurred.time': '10:00' }],
    ['occurred.time refused', { 'occurred.time': '25:00' }],
    ['occurred.precision refused', { 'occurred.precision': 'perhaps' }],
    ['place.lat refused', { 'place.lat': '91', 'place.lon': '70' }],
    ['place.lon missing', { 'place.lat': '43' }],
    ['details.copiesSeized refused', { 'details.copiesSeized': 'many' }],
    ['details.order.date refused', { 'details.order.date': '19.10.2005' }],
    ['details.stage refused', { 'details.stage': 'somewhere' }],
    ['details.returned refused', { 'details.returned': 'perhaps' }],
    ['details.pretexts refused', { 'details.pretexts': 'boredom' }],
    ['details.outlet refused', { 'details.outlet': 'a\u0007b' }],
    ['narrative refused', { narrative: 'x'.repeat(20_001) }],
  ])('say %s of %o', (expected, entries) => {
    expect(faultsOf('press_seizure', typing({ ...seizure, ...entries }))).toEqual([expected])
  })
})
