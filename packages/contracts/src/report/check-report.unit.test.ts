import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arbitraryReport } from '../testing/arbitrary-report.ts'
import {
  faultsOf,
  leastDetailsOf,
  leastSeizure,
  NOW,
  occurring,
  ofKind,
  parsed,
  pathsOf,
  placed,
  withDetails,
  withMembers,
  without,
} from '../testing/example-reports.ts'
import { checkReport } from './check-report.ts'
import type { Report } from './report.ts'
import { KINDS } from './vocabulary.ts'

const SAMPLES = new URL('../../../../test/fixtures/autumn-2005.ndjson', import.meta.url)
const samples = readFileSync(SAMPLES, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Report)

describe('a report is accepted', () => {
  test.each(KINDS)('of the kind %s: every sample of it', (kind) => {
    const ofThisKind = samples.filter((sample) => sample.kind === kind)
    expect(ofThisKind.length).toBeGreaterThan(0)
    expect(ofThisKind.flatMap(faultsOf)).toEqual([])
  })

  test.each(KINDS)('of the kind %s: with nothing but what is required', (kind) => {
    expect(faultsOf(ofKind(kind, {}))).toEqual([])
  })

  test('as the very value that was given', () => {
    const check = checkReport(leastSeizure, NOW)
    expect(check.ok && check.report).toBe(leastSeizure)
  })

  test('whatever it leaves out and says', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        expect(faultsOf(report)).toEqual([])
      }),
    )
  })

  test.each([
    ['coordinates alone', placed({ lat: -90, lon: 180 })],
    ['a narrative of several lines', withMembers({ narrative: 'a\r\n\tb' })],
    ['a narrative of 20,000 characters', withMembers({ narrative: 'я'.repeat(20_000) })],
    ['a leap day', occurring('2004-02-29')],
    ['the last revision', withMembers({ revision: 65_535 })],
    ['an occurrence of tomorrow, where the day has begun', occurring('2006-01-16')],
  ])('with %s', (_what, report) => {
    expect(faultsOf(report)).toEqual([])
  })
})

describe('a value that is no object is refused as a whole:', () => {
  test.each([
    ['null', null],
    ['a string', 'report'],
    ['a number', 1],
    ['a boolean', true],
    ['an array of reports', [leastSeizure]],
    ['nothing', undefined],
  ])('%s', (_what, value) => {
    expect(pathsOf(value)).toEqual(['/'])
  })
})

describe('a kind is refused', () => {
  test.each([
    ['that is unknown', withMembers({ kind: 'jaywalking' })],
    ['in another case', withMembers({ kind: 'PRESS_SEIZURE' })],
    ['that is missing', without('kind')],
    ['that is no word', withMembers({ kind: ['press_seizure'] })],
    ['that every object has', withMembers({ kind: 'constructor' })],
    ['that is the prototype of every object', withMembers({ kind: '__proto__' })],
  ])('%s', (_what, report) => {
    expect(faultsOf(report)).toEqual([{ path: '/kind', message: `must be one of: ${KINDS.join(', ')}` }])
  })
})

describe('what is missing is named:', () => {
  test.each([
    ['occurred', without('occurred'), '/occurred'],
    ['place', without('place'), '/place'],
    ['details', without('details'), '/details'],
    ['the beginning', withMembers({ occurred: { precision: 'day' } }), '/occurred/from'],
    ['the precision', withMembers({ occurred: { from: '2005-10-19' } }), '/occurred/precision'],
    [
      'the hash of evidence',
      withMembers({ evidence: [{ sizeBytes: 1, mediaType: 'image/png' }] }),
      '/evidence/0/sha256',
    ],
  ])('%s', (_what, report, path) => {
    expect(faultsOf(report)).toEqual([{ path, message: 'is missing' }])
  })

  test.each(KINDS)('the detail that makes a %s', (kind) => {
    const [name] = Object.keys(leastDetailsOf[kind])
    expect(faultsOf(withMembers({ kind, details: {} }))).toEqual([
      { path: `/details/${name}`, message: 'is missing' },
    ])
  })

  test('everything at once', () => {
    expect(pathsOf({ kind: 'press_seizure' })).toEqual(['/occurred', '/place', '/details'])
  })
})

describe('a field that is not known is refused', () => {
  test.each([
    ['at the top', withMembers({ colour: 'red' }), ['/colour']],
    [
      'in occurred',
      withMembers({ occurred: { ...leastSeizure.occurred, zone: 'Asia/Almaty' } }),
      ['/occurred/zone'],
    ],
    ['in place', placed({ text: 'Алматы', latitude: 43 }), ['/place/latitude']],
    ['in details', withDetails({ colour: 'red' }), ['/details/colour']],
    ['of another kind', withDetails({ peopleDetained: 1 }), ['/details/peopleDetained']],
    ['in an object of details', withDetails({ order: { colour: 'red' } }), ['/details/order/colour']],
    [
      'in an array of details',
      ofKind('vote_tally', {
        votes: [
          { candidate: 'A', votes: 1 },
          { candidate: 'B', votes: 2, share: 3 },
        ],
      }),
      ['/details/votes/1/share'],
    ],
    ['with a name that a pointer escapes', withMembers({ 'a/b~c': 1 }), ['/a~1b~0c']],
    ['several at once', withDetails({ one: 1, two: 2 }), ['/details/one', '/details/two']],
  ])('%s', (_where, report, paths) => {
    expect(pathsOf(report)).toEqual(paths)
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s', (name) => {
    const json = JSON.stringify(leastSeizure)
    const members = `{"${name}":{"outlet":"x"},`
    expect(pathsOf(parsed(json.replace('{', members)))).toEqual([`/${name}`])
    expect(pathsOf(parsed(json.replace('"details":{', `"details":${members}`)))).toEqual([`/details/${name}`])
  })

  test('__proto__, which stands for no member that is missing', () => {
    const json = JSON.stringify(withMembers({ details: {} })).replace('{}', '{"__proto__":{"outlet":"x"}}')
    expect(pathsOf(parsed(json)).toSorted()).toEqual(['/details/__proto__', '/details/outlet'])
  })

  test('however long its name is, in an answer that has a bound', () => {
    const [fault] = faultsOf(withMembers({ ['x'.repeat(100_000)]: 1 }))
    expect(fault?.path).toBe(`/${'x'.repeat(199)}…`)
    expect(fault?.message).toBe('is not a field of this kind of report')
  })
})

describe('faults', () => {
  test('are 20 at most', () => {
    const unknown = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`field${index}`, index]))
    expect(pathsOf(withMembers(unknown))).toHaveLength(20)
  })

  test('say what a list allows', () => {
    expect(faultsOf(withMembers({ language: 'de' }))).toEqual([
      { path: '/language', message: 'must be one of: kk, ru, en, other' },
    ])
  })

  test('never repeat the value, whatever stands where', () => {
    const SECRET = 'Айгуль-тел-7000001122'
    const values = [SECRET, `${SECRET}\0`, [SECRET], { [SECRET]: SECRET }]
    const names = [
      'kind',
      'reportId',
      'occurred',
      'place',
      'narrative',
      'reporter',
      'language',
      'evidence',
      'details',
    ]
    const details = ['outlet', 'stage', 'copiesSeized', 'order', 'pretexts']
    const reports = values.flatMap((value) =>
      [
        names.map((name) => withMembers({ [name]: value })),
        details.map((name) => withDetails({ [name]: value })),
        occurring(value),
        occurring('2005-10-19', value),
        placed({ text: value, lat: value, lon: value }),
      ].flat(),
    )
    const messages = reports.flatMap(faultsOf).map(({ message }) => message)
    expect(messages.length).toBeGreaterThan(50)
    expect(messages.filter((message) => message.includes('7000001122'))).toEqual([])
  })
})
