import { geoArea, geoContains } from 'd3-geo'
import { assert, double, pre, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { akimatOn } from './akimat.ts'
import { settlements } from './gazetteer.ts'
import { createRegionMap } from './region-map.ts'
import { detailedRegions2005, regions2005 } from './regions-2005.ts'

const regionMap = createRegionMap(detailedRegions2005)

describe('the polygons of 2005', () => {
  test.each([
    ['for drawing', regions2005],
    ['for resolving', detailedRegions2005],
  ])('%s are those of the 16 akimats, wound as d3-geo wants them', (_name, { features }) => {
    expect(features).toHaveLength(16)
    for (const feature of features) {
      expect(akimatOn(feature.properties.code, '2005-12-04')).toBeDefined()
      // Wound the wrong way, a polygon is the rest of the globe.
      expect(geoArea(feature)).toBeLessThan(0.02)
    }
  })

  test('hold the gazetteer: all but a few places at a border are in the akimat that they were in', () => {
    const elsewhere = settlements.filter(
      ({ lat, lon, codeBefore }) => regionMap.at(lat, lon).code !== codeBefore,
    )
    expect(elsewhere.map(({ name }) => name)).toEqual(['Khorgos', 'Kurchatov'])
  })

  test('a point is found where d3-geo finds it, away from the borders', () => {
    const latitude = double({ min: 40, max: 56, noNaN: true })
    const longitude = double({ min: 46, max: 88, noNaN: true })
    assert(
      property(latitude, longitude, (lat, lon) => {
        // d3-geo's edges are great circles, ours straight on the map: they part by less than this.
        const { code, neighbours } = regionMap.at(lat, lon, 5)
        pre(neighbours.length === 0)
        const containing = detailedRegions2005.features.find((feature) => geoContains(feature, [lon, lat]))
        expect(code).toBe(containing?.properties.code ?? null)
      }),
      { numRuns: 60 },
    )
  })
})
