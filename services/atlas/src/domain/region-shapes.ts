import { regions2005 } from '@baqylau/akimats'
import { geoConicEqualArea, geoPath } from 'd3-geo'
import { seatsToday } from './seats.ts'

export const MAP_WIDTH = 800
export const MAP_HEIGHT = 450
const MARGIN = 8

/** An akimat of 2005 as it is drawn: its outline as an SVG path, and where its number stands. */
export interface RegionShape {
  readonly code: string
  readonly path: string
  readonly x: number
  readonly y: number
  /** A city, too small on the map to be seen: it is drawn as a circle. */
  readonly isCity: boolean
}

export interface SeatPoint {
  readonly code: string
  readonly x: number
  readonly y: number
}

/** Equal areas, so that shades are not weighed by latitude; parallels at a sixth and five sixths of 40.5° to 55.5° north. */
const projection = geoConicEqualArea()
  .rotate([-67, 0])
  .parallels([43, 53])
  .fitExtent(
    [
      [MARGIN, MARGIN],
      [MAP_WIDTH - MARGIN, MAP_HEIGHT - MARGIN],
    ],
    { type: 'FeatureCollection', features: [...regions2005.features] },
  )
const outline = geoPath(projection).digits(1)
const round = (value: number): number => Math.round(value * 10) / 10
const CITY_AREA_MAX = 200

/** Where a number would stand too near to a city's circle, it is moved, in pixels. */
const labelShifts: Readonly<Record<string, readonly [number, number]>> = { 'KZ-11': [-34, -6] }

/** The 16 akimats of 2005, the cities last, since they lie upon others. Computed once. */
export const regionShapes: readonly RegionShape[] = regions2005.features
  .map((feature) => {
    const [x, y] = outline.centroid(feature)
    const { code } = feature.properties
    const [right, down] = labelShifts[code] ?? [0, 0]
    return {
      code,
      path: outline(feature) ?? '',
      x: round(x + right),
      y: round(y + down),
      isCity: outline.area(feature) < CITY_AREA_MAX,
    }
  })
  .toSorted((one, other) => Number(one.isCity) - Number(other.isCity))

/** Konaev is so near to Almaty that their circles would lie upon each other. */
const seatShifts: Readonly<Record<string, readonly [number, number]>> = { 'KZ-19': [-22, -20] }

/** The seats of today's akimats on the same map. */
export const seatPoints: readonly SeatPoint[] = seatsToday.flatMap(({ code, lat, lon }) => {
  const point = projection([lon, lat])
  const [right, down] = seatShifts[code] ?? [0, 0]
  return point === null ? [] : [{ code, x: round(point[0] + right), y: round(point[1] + down) }]
})
