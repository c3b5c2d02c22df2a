import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { timelineOf } from './timeline.ts'

const counts = (day: string) => ({ day, exact: 2, approximate: 1 })

test('an autumn is shown by day, without gaps', () => {
  const { unit, bins } = timelineOf([counts('2005-10-31')], '2005-10-30', '2005-11-02')
  expect(unit).toBe('day')
  expect(bins).toEqual([
    { from: '2005-10-30', to: '2005-10-30', exact: 0, approximate: 0 },
    { from: '2005-10-31', to: '2005-10-31', exact: 2, approximate: 1 },
    { from: '2005-11-01', to: '2005-11-01', exact: 0, approximate: 0 },
    { from: '2005-11-02', to: '2005-11-02', exact: 0, approximate: 0 },
  ])
})

test('a year is shown by the week, from Monday', () => {
  const { unit, bins } = timelineOf([counts('2005-12-04')], '2005-01-01', '2005-12-31')
  expect(unit).toBe('week')
  expect(bins[0]).toMatchObject({ from: '2004-12-27', to: '2005-01-02' })
  expect(bins.find(({ exact }) => exact > 0)).toMatchObject({ from: '2005-11-28', to: '2005-12-04' })
})

test('ten years are shown by the month, and a century by the year', () => {
  expect(timelineOf([], '2005-01-15', '2014-12-31').unit).toBe('month')
  expect(timelineOf([], '1990-01-01', '2100-12-31')).toMatchObject({ unit: 'year' })
})

test('whatever the period, every report is in exactly one bar', () => {
  const day = fc
    .date({ min: new Date('1990-01-01'), max: new Date('2100-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10))
  fc.assert(
    fc.property(fc.array(day, { minLength: 1, maxLength: 60 }), (days) => {
      const sorted = days.toSorted()
      const { bins } = timelineOf(sorted.map(counts), sorted[0] ?? '', sorted.at(-1) ?? '')
      expect(bins.reduce((sum, { exact, approximate }) => sum + exact + approximate, 0)).toBe(3 * days.length)
      expect(bins.length).toBeLessThanOrEqual(125)
    }),
  )
})
