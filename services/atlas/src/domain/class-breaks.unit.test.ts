import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { CLASSES_MAX, classesOf, shadeOf } from './class-breaks.ts'

test('quantiles: one very large count does not make all others alike', () => {
  expect(classesOf([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1000])).toEqual([
    { from: 1, to: 2 },
    { from: 3, to: 4 },
    { from: 5, to: 6 },
    { from: 7, to: 8 },
    { from: 9, to: 1000 },
  ])
})

test('equal counts share a class, and nothing has none', () => {
  expect(classesOf([8, 8, 8, 0])).toEqual([{ from: 8, to: 8 }])
  expect(classesOf([0, 0])).toEqual([])
  expect(shadeOf(0, [])).toBe(0)
})

test('every count falls into one class, and a greater count never into a lighter one', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 10_000 }), { maxLength: 40 }), (counts) => {
      const classes = classesOf(counts)
      expect(classes.length).toBeLessThanOrEqual(CLASSES_MAX)
      const shades = counts.toSorted((one, other) => one - other).map((count) => shadeOf(count, classes))
      expect(shades).toEqual(shades.toSorted((one, other) => one - other))
      for (const count of counts.filter((each) => each > 0)) {
        const holding = classes.filter(({ from, to }) => from <= count && count <= to)
        expect(holding).toEqual([classes[shadeOf(count, classes) - 1]])
      }
    }),
  )
})
