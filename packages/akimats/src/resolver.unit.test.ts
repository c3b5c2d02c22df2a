import {
  assert,
  constantFrom,
  double,
  oneof,
  option,
  property,
  record,
  string,
  stringMatching,
} from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createResolver, type PlaceQuery } from './index.ts'

const { resolve } = createResolver()
const electionDay = '2005-12-04'

describe('coordinates', () => {
  test.each([
    ['Almaty', 43.2567, 76.9286, { date: electionDay, regionCode: 'KZ-75', regionCodeToday: 'KZ-75' }],
    ['Semey then', 50.41, 80.23, { date: electionDay, regionCode: 'KZ-63', regionCodeToday: 'KZ-10' }],
    ['Semey now', 50.41, 80.23, { date: '2023-01-01', regionCode: 'KZ-10', regionCodeToday: 'KZ-10' }],
    ['Shymkent then', 42.32, 69.6, { date: electionDay, regionCode: 'KZ-61', regionCodeToday: 'KZ-79' }],
    ['Shymkent now', 42.32, 69.6, { date: '2020-01-01', regionCode: 'KZ-79', regionCodeToday: 'KZ-79' }],
    ['Taldykorgan', 45.017, 78.38, { date: electionDay, regionCode: 'KZ-19', regionCodeToday: 'KZ-33' }],
    ['Zhezkazgan', 47.79, 67.7, { date: electionDay, regionCode: 'KZ-35', regionCodeToday: 'KZ-62' }],
    ['Baikonur, leased', 45.63, 63.32, { date: electionDay, regionCode: 'KZ-43', regionCodeToday: 'KZ-43' }],
    [
      'Kurchatov, where the polygons err',
      50.75,
      78.54,
      { date: electionDay, regionCode: 'KZ-63', regionCodeToday: 'KZ-10' },
    ],
  ])('%s', (_name, lat, lon, { date, ...expected }) => {
    expect(resolve({ lat, lon, date })).toMatchObject({ ...expected, method: 'coordinates' })
  })

  test.each([
    ['Omsk', 54.98, 73.37, 'foreign'],
    ['Bishkek', 42.87, 74.59, 'foreign'],
    ['the null island of a device without a fix', 0, 0, 'nothing_recognised'],
    ['no number', Number.NaN, 76, 'nothing_recognised'],
    ['no latitude', 91, 76, 'nothing_recognised'],
  ])('%s: %s, %s is %s', (_name, lat, lon, reason) => {
    expect(resolve({ lat, lon, date: electionDay })).toMatchObject({ regionCode: null, reason })
  })

  test('near a border they prove less the less accurate they are', () => {
    const atBorder = { lat: 49.8, lon: 71.5, date: electionDay }
    expect(resolve({ ...atBorder, accuracyMetres: 10 }).regionCode).toBe('KZ-35')
    expect(resolve({ ...atBorder, accuracyMetres: 100_000 })).toMatchObject({
      reason: 'ambiguous',
      candidates: ['KZ-11', 'KZ-35'],
    })
  })
})

describe('text and coordinates', () => {
  const almaty = { lat: 43.2567, lon: 76.9286, date: electionDay }
  const astana = { lat: 51.16, lon: 71.43, date: electionDay }
  const semey = { lat: 50.41, lon: 80.23, date: electionDay }

  test('that agree confirm each other', () => {
    const both = resolve({ ...almaty, text: 'Алматы' })
    expect(both).toMatchObject({ regionCode: 'KZ-75', method: 'text_and_coordinates' })
    expect(both.confidence).toBeGreaterThan(resolve(almaty).confidence)
  })

  test('that disagree resolve nothing, and both are named', () => {
    expect(resolve({ ...astana, text: 'Алматы' })).toMatchObject({
      regionCode: null,
      reason: 'conflicting_evidence',
      candidates: ['KZ-71', 'KZ-75'],
    })
    expect(resolve({ lat: 55.75, lon: 37.6, text: 'Алматы', date: electionDay }).reason).toBe(
      'conflicting_evidence',
    )
    expect(resolve({ ...semey, text: 'Москва' })).toMatchObject({
      reason: 'conflicting_evidence',
      candidates: ['KZ-63'],
    })
  })

  test('coordinates choose among the homonyms of a text', () => {
    expect(resolve({ lat: 49.6, lon: 72.86, text: 'Абайский район', date: electionDay })).toMatchObject({
      regionCode: 'KZ-35',
      method: 'text_and_coordinates',
    })
  })

  test('coordinates say where in a region that has been split since', () => {
    expect(resolve({ ...semey, text: 'ВКО' })).toMatchObject({
      regionCode: 'KZ-63',
      regionCodeToday: 'KZ-10',
    })
  })

  test('a text that says nothing leaves the coordinates', () => {
    expect(resolve({ ...semey, text: 'в школе' })).toMatchObject({
      regionCode: 'KZ-63',
      method: 'coordinates',
    })
  })

  test('a place just beyond the edge of the city that the text names is there', () => {
    expect(resolve({ lat: 43.25, lon: 76.78, text: 'Алматы', date: electionDay }).regionCode).toBe('KZ-75')
  })
})

describe('whatever it is asked', () => {
  const words = constantFrom(
    'Абай',
    'облысы',
    'г.',
    'Алматы',
    'под',
    'район',
    ',',
    '«',
    '»',
    '-',
    'Москва',
    'ВКО',
    'от',
  )
  const text = oneof(
    string({ unit: 'binary' }),
    stringMatching(/^[А-Яа-яәғқңөұүһі .,-]*$/),
    words.map((word) => word.repeat(3)),
  )
  const query = record({
    text: option(text, { nil: undefined }),
    lat: option(double(), { nil: undefined }),
    lon: option(double(), { nil: undefined }),
    accuracyMetres: option(double(), { nil: undefined }),
    date: constantFrom('1991-12-16', electionDay, '2018-06-19', '2030-01-01', ''),
  })

  test('it never throws, answers alike each time, and gives a region or a reason', () => {
    assert(
      property(query, (asked: PlaceQuery) => {
        const answer = resolve(asked)
        expect(resolve(asked)).toEqual(answer)
        expect(answer.regionCode === null).toBe(answer.reason !== null)
        expect(answer.confidence).toBeGreaterThanOrEqual(0)
        expect(answer.confidence).toBeLessThanOrEqual(1)
      }),
      { numRuns: 300 },
    )
  })

  test('a text of any length is read in its first words alone', () => {
    expect(resolve({ text: `Алматы ${'слово '.repeat(50_000)}`, date: electionDay }).regionCode).toBe('KZ-75')
  })
})
