import { describe, expect, test } from 'vitest'
import {
  faultsOf,
  type Members,
  occurring,
  ofKind,
  parsed,
  pathsOf,
  placed,
  withDetails,
  withMembers,
} from '../testing/example-reports.ts'

describe('a time is refused', () => {
  test.each([
    '1066-10-14',
    '3000-01-01',
    '1989-12-31',
    '2101-01-01',
    '2005-02-30',
    '2005-02-29',
    '2005-13-01',
    '2005-00-10',
    '2005-10-00',
    '2005-10-9',
    '19.10.2005',
    'yesterday',
    '',
    ' 2005-10-19',
    '2005-10-19\n',
    '２００５-10-19',
    '2005-10-19T09:30:00',
    '2005-10-19 09:30:00+06:00',
    '2005-10-19T24:00:00+06:00',
    '2005-10-19T09:60:00+06:00',
    '2005-10-19T09:30:60+06:00',
    '2005-10-19T09:30:00+15:00',
    '2005-10-19T09:30:00+0600',
    '2005-10-19t09:30:00z',
    '1066-10-14T09:30:00+06:00',
    '3000-01-01T00:00:00Z',
    '2005-02-30T09:30:00+06:00',
  ])('%j', (from) => {
    expect(pathsOf(occurring(from))).toEqual(['/occurred/from'])
    expect(pathsOf(occurring('2005-10-19', from))).toEqual(['/occurred/to'])
  })

  test.each([20_051_019, null, ['2005-10-19'], { day: 19 }, true])('that is no text: %j', (from) => {
    expect(pathsOf(occurring(from))).toEqual(['/occurred/from'])
  })

  test('more than a day ahead of the clock', () => {
    for (const from of ['2006-01-18', '2006-01-16T12:00:01Z'])
      expect(faultsOf(occurring(from))).toEqual([{ path: '/occurred/from', message: 'lies in the future' }])
  })

  test('alone as a date, where a time is asked for', () => {
    expect(pathsOf(withMembers({ reportedAt: '2005-10-19' }))).toEqual(['/reportedAt'])
    expect(pathsOf(withDetails({ order: { date: '2005-10-19T09:30:00Z' } }))).toEqual(['/details/order/date'])
  })
})

describe('`to` before `from` is refused:', () => {
  test.each([
    ['dates', '2005-10-20', '2005-10-19'],
    ['times', '2005-10-19T10:00:00+06:00', '2005-10-19T09:59:59+06:00'],
    ['times of different zones', '2005-10-19T10:00:00+05:00', '2005-10-19T10:30:00+06:00'],
    ['a date, then a time', '2005-10-20', '2005-10-19T23:59:59+06:00'],
    ['a time, then a date', '2005-10-20T00:00:00+06:00', '2005-10-19'],
    ['a date, then a time in UTC that lies before it everywhere', '2005-10-20', '2005-10-19T09:59:59Z'],
    ['a time in UTC, then a date that had ended everywhere', '2005-10-20T12:00:00Z', '2005-10-19'],
  ])('%s', (_what, from, to) => {
    expect(faultsOf(occurring(from, to))).toEqual([
      { path: '/occurred/to', message: 'lies before occurred.from' },
    ])
  })

  test.each([
    ['the same date', '2005-10-19', '2005-10-19'],
    ['the same instant', '2005-10-19T10:00:00+06:00', '2005-10-19T09:00:00+05:00'],
    ['times whose text is in the other order', '2005-10-19T10:00:00+06:00', '2005-10-19T09:30:00+05:00'],
    ['a date, then a time of it', '2005-10-19', '2005-10-19T00:00:00+06:00'],
    ['a time, then its date', '2005-10-19T23:59:00+06:00', '2005-10-19'],
    ['a date, then a time in UTC that is of it in Almaty', '2005-10-20', '2005-10-19T19:00:00Z'],
    ['a time in UTC, then a date that goes on in the west', '2005-10-20T03:00:00Z', '2005-10-19'],
  ])('but not %s', (_what, from, to) => {
    expect(faultsOf(occurring(from, to))).toEqual([])
  })
})

describe('a place is refused', () => {
  test.each([
    ['at latitude 91', placed({ lat: 91, lon: 76 }), '/place/lat'],
    ['at latitude -90.001', placed({ lat: -90.001, lon: 76 }), '/place/lat'],
    ['at longitude 181', placed({ lat: 43, lon: 181 }), '/place/lon'],
    ['at a latitude without longitude', placed({ lat: 43 }), '/place/lon'],
    ['at a longitude without latitude', placed({ lon: 76 }), '/place/lat'],
    ['with text, at a latitude without longitude', placed({ text: 'Алматы', lat: 43 }), '/place/lon'],
    ['that says nothing', placed({}), '/place'],
    ['that says nothing but how exactly', placed({ accuracyMetres: 5 }), '/place'],
    ['of empty text', placed({ text: '' }), '/place/text'],
    ['of two lines', placed({ text: 'Алматы\nДәуір' }), '/place/text'],
    ['with coordinates as text', placed({ lat: '43', lon: 76 }), '/place/lat'],
    [
      'at infinity',
      parsed(JSON.stringify(placed({ lat: 1, lon: 1 })).replace('"lat":1', '"lat":1e400')),
      '/place/lat',
    ],
    ['of negative accuracy', placed({ text: 'Алматы', accuracyMetres: -1 }), '/place/accuracyMetres'],
  ])('%s', (_what, report, path) => {
    expect(pathsOf(report)).toEqual([path])
  })
})

describe('text is refused', () => {
  const BAD = {
    'with a null character': 'a\0b',
    'with an escape sequence': '\u001B[31mred',
    'with DEL': 'a\u007F',
    'with a C1 control character': 'a\u0085b',
    'with a lone high surrogate': 'a\uD83D',
    'with a lone low surrogate': '\uDE00b',
    'with surrogates the wrong way round': '\uDE00\uD83D',
    'of 100,000 characters': 'я'.repeat(100_000),
    empty: '',
  }
  const FIELDS: Readonly<Record<string, (value: string) => Members>> = {
    '/narrative': (narrative) => withMembers({ narrative }),
    '/reporter': (reporter) => withMembers({ reporter }),
    '/place/text': (value) => placed({ text: value }),
    '/statedReason': (statedReason) => withMembers({ statedReason }),
    '/legalBasis/0': (value) => withMembers({ legalBasis: [value] }),
    '/details/outlet': (outlet) => withDetails({ outlet }),
    '/details/order/number': (number) => withDetails({ order: { number } }),
    '/details/words': (words) => ofKind('voter_intimidation', { words }),
  }
  const cases = Object.entries(BAD).flatMap(([what, value]) =>
    Object.keys(FIELDS).map((path) => [what, path, value] as const),
  )

  test.each(cases)('%s, in %s', (_what, path, value) => {
    expect(pathsOf(FIELDS[path]?.(value))).toEqual([path])
  })

  test.each(['\n', '\r', '\t'])('with %j where one line is asked for', (character) => {
    expect(pathsOf(withDetails({ outlet: `a${character}b` }))).toEqual(['/details/outlet'])
  })
})

describe('an array is refused', () => {
  const evidence = { sha256: 'a'.repeat(64), sizeBytes: 1, mediaType: 'image/png' }
  test.each([
    ['of 21 laws', withMembers({ legalBasis: Array<string>(21).fill('law') }), '/legalBasis'],
    [
      'of 21 pieces of evidence',
      withMembers({ evidence: Array.from({ length: 21 }, () => evidence) }),
      '/evidence',
    ],
    ['of 11 pretexts', withDetails({ pretexts: Array<string>(11).fill('tax') }), '/details/pretexts'],
    [
      'of 51 candidates',
      ofKind('vote_tally', { votes: Array.from({ length: 51 }, () => ({ candidate: 'A', votes: 1 })) }),
      '/details/votes',
    ],
    ['of no candidates', ofKind('vote_tally', { votes: [] }), '/details/votes'],
    ['that is an object', withMembers({ legalBasis: { 0: 'law' } }), '/legalBasis'],
    ['with null in it', withMembers({ legalBasis: [null] }), '/legalBasis/0'],
  ])('%s', (_what, report, path) => {
    expect(pathsOf(report)).toEqual([path])
  })
})

describe('a number is refused', () => {
  test.each([
    ['revision 0', withMembers({ revision: 0 }), '/revision'],
    ['revision 65,536', withMembers({ revision: 65_536 }), '/revision'],
    ['revision 1.5', withMembers({ revision: 1.5 }), '/revision'],
    ['a negative count', withDetails({ copiesSeized: -1 }), '/details/copiesSeized'],
    ['a count of half a copy', withDetails({ copiesSeized: 0.5 }), '/details/copiesSeized'],
    ['a count beyond all sense', withDetails({ copiesSeized: 100_000_001 }), '/details/copiesSeized'],
    ['as text', withDetails({ copiesSeized: '50000' }), '/details/copiesSeized'],
    ['nobody detained', ofKind('assembly_arrest', { peopleDetained: 0 }), '/details/peopleDetained'],
    ['a negative fine', ofKind('assembly_arrest', { fineMci: -1 }), '/details/fineMci'],
  ])('%s', (_what, report, path) => {
    expect(pathsOf(report)).toEqual([path])
  })
})

describe('a value of another type is refused:', () => {
  test.each([
    ['details that are an array', withMembers({ details: [] }), '/details'],
    ['details that are null', withMembers({ details: null }), '/details'],
    ['a place that is text', placed('Алматы'), '/place'],
    ['a place that is null', placed(null), '/place'],
    ['an occurrence that is an array', withMembers({ occurred: ['2005-10-19'] }), '/occurred'],
    ['a narrative that is null', withMembers({ narrative: null }), '/narrative'],
    ['a narrative that is an object', withMembers({ narrative: { text: 'a' } }), '/narrative'],
    ['consent in words', withMembers({ consent: 'true' }), '/consent'],
    ['a report id that is no UUID', withMembers({ reportId: 'report-1' }), '/reportId'],
    ['a language that is not on the list', withMembers({ language: 'de' }), '/language'],
    [
      'a precision that is not on the list',
      withMembers({ occurred: { from: '2005-10-19', precision: 'year' } }),
      '/occurred/precision',
    ],
    ['a stage that is an array of one', withDetails({ stage: ['press'] }), '/details/stage'],
    ['an order that is text', withDetails({ order: 'No 1' }), '/details/order'],
  ])('%s', (_what, report, path) => {
    expect(pathsOf(report)).toEqual([path])
  })
})
