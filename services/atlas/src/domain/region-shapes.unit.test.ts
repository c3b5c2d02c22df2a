import { expect, test } from 'vitest'
import { codesOfToday, codesOn } from './akimat-names.ts'
import { MAP_HEIGHT, MAP_WIDTH, regionShapes, seatPoints } from './region-shapes.ts'

test('the map has each akimat of 2005 once, and the two cities as circles above all others', () => {
  expect(regionShapes.map(({ code }) => code).toSorted()).toEqual(codesOn('2005-12-04'))
  expect(regionShapes.slice(-2).map(({ code, isCity }) => [code, isCity])).toEqual([
    ['KZ-71', true],
    ['KZ-75', true],
  ])
  expect(regionShapes.filter(({ isCity }) => isCity)).toHaveLength(2)
})

test("the seats are those of today's akimats", () => {
  expect(seatPoints.map(({ code }) => code)).toEqual(codesOfToday)
})

test('everything is on the map', () => {
  const outside = [...regionShapes, ...seatPoints].filter(
    ({ x, y }) => x < 0 || x > MAP_WIDTH || y < 0 || y > MAP_HEIGHT,
  )
  expect(outside).toEqual([])
  for (const { path } of regionShapes) {
    const numbers = (path.match(/-?\d+(\.\d+)?/g) ?? []).map(Number)
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...numbers)).toBeLessThanOrEqual(MAP_WIDTH)
  }
})
