import { KINDS } from '@baqylau/contracts'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { akimatTableOf } from './akimat-table.ts'

const counts = (regionCode: string, kind = KINDS[0], reports = 1) => ({
  regionCode,
  kind,
  reports,
  incidents: reports,
  peopleDetained: 0,
  copiesSeized: 10,
})

test('lists the sixteen akimats of 2005 under their names of then, also those of which nothing was reported', () => {
  const { akimats } = akimatTableOf([counts('KZ-61')], 'then', '2005-12-04')
  expect(akimats).toHaveLength(16)
  expect(akimats.find(({ regionCode }) => regionCode === 'KZ-61')).toMatchObject({
    names: { ru: 'Южно-Казахстанская область' },
    reports: 1,
  })
})

test("lists today's twenty under today's names", () => {
  const { akimats } = akimatTableOf([], 'today', '2005-12-04')
  expect(akimats).toHaveLength(20)
  expect(akimats.find(({ regionCode }) => regionCode === 'KZ-61')?.names?.en).toBe('Turkistan Region')
})

test('an akimat that is of another time, or not known, is listed rather than lost', () => {
  const { akimats } = akimatTableOf([counts('KZ-10'), counts('KZ-00')], 'then', '2005-12-04')
  expect(akimats.map(({ regionCode }) => regionCode)).toContain('KZ-10')
  expect(akimats.find(({ regionCode }) => regionCode === 'KZ-00')?.names).toBeNull()
})

test('lines and the unresolved add up to the total, kind by kind', () => {
  const any = fc.record({
    regionCode: fc.constantFrom('', 'KZ-75', 'KZ-61', 'KZ-10', 'KZ-00'),
    kind: fc.constantFrom(...KINDS),
    reports: fc.nat({ max: 100 }),
    incidents: fc.nat({ max: 100 }),
    peopleDetained: fc.nat({ max: 100 }),
    copiesSeized: fc.nat({ max: 100 }),
  })
  fc.assert(
    fc.property(fc.array(any, { maxLength: 30 }), (all) => {
      const { akimats, unresolved, total } = akimatTableOf(all, 'then', '2005-12-04')
      const lines = [...akimats, unresolved]
      const sum = (numbers: readonly number[]) => numbers.reduce((one, other) => one + other, 0)
      expect(total.reports).toBe(sum(all.map(({ reports }) => reports)))
      expect(total.reports).toBe(sum(lines.map(({ reports }) => reports)))
      expect(total.copiesSeized).toBe(sum(lines.map(({ copiesSeized }) => copiesSeized)))
      KINDS.forEach((_kind, index) => {
        const ofKind = lines.map(({ reportsByKind }) => reportsByKind[index] ?? 0)
        expect(total.reportsByKind[index]).toBe(sum(ofKind))
      })
    }),
  )
})
