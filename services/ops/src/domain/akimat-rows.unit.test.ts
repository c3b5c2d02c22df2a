import { expect, test } from 'vitest'
import { akimats } from '@baqylau/akimats'
import { akimatRow } from './akimat-rows.ts'

const rows = akimats.map(akimatRow)

test('every akimat has one name on every day from the first that a report may have', () => {
  expect(new Set(rows.map(({ code, valid_from: from }) => `${code} ${from}`)).size).toBe(rows.length)
  expect(rows.find(({ code }) => code === 'KZ-75')?.valid_from).toBe('1990-01-01')
})

test('every akimat has exactly one name today', () => {
  const today = rows.filter(({ valid_to: to }) => to === null).map(({ code }) => code)
  expect(today.toSorted()).toEqual([...new Set(rows.map(({ code }) => code))].toSorted())
})
