import type { Feature, MultiPolygon, Polygon, Position } from 'geojson'
import type { AkimatCode } from './akimat.ts'
import { distanceToRingKm, isInside, type Point, type Ring } from './geometry.ts'

/** A GeoJSON FeatureCollection of the akimats of 2005: one polygon each, known by its code. */
export interface RegionCollection {
  readonly type: 'FeatureCollection'
  readonly features: readonly Feature<Polygon | MultiPolygon, { readonly code: AkimatCode }>[]
}

/** What the polygons say of a point: the region it is in (null outside all), and how far each region near it is. */
export interface RegionsAt {
  readonly code: AkimatCode | null
  /** The other regions with an edge within `withinKm`, nearest first. */
  readonly neighbours: readonly { readonly code: AkimatCode; readonly km: number }[]
}

export interface RegionMap {
  readonly at: (lat: number, lon: number, withinKm?: number) => RegionsAt
}

interface Region {
  readonly code: AkimatCode
  readonly rings: readonly Ring[]
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

/** Indexes the polygons once by bounding box; `at` then tries only those whose box, widened by `withinKm`, holds the point. */
export function createRegionMap(collection: RegionCollection): RegionMap {
  const regions = collection.features.map(toRegion)
  return {
    at(lat: number, lon: number, withinKm = 0): RegionsAt {
      const point = { lat, lon }
      const near = regions.filter((region) => isInBox(region, point, withinKm))
      const code = near.find((region) => isInRegion(region, point))?.code ?? null
      const neighbours = near
        .filter((region) => withinKm > 0 && region.code !== code)
        .map((region) => ({ code: region.code, km: distanceToRegionKm(region, point) }))
        .filter(({ km }) => km <= withinKm)
        .toSorted((one, other) => one.km - other.km)
      return { code, neighbours }
    },
  }
}

function toRegion({ properties, geometry }: RegionCollection['features'][number]): Region {
  const rings: Position[][] = geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat()
  const longitudes = rings.flatMap((ring) => ring.map(([lon = 0]) => lon))
  const latitudes = rings.flatMap((ring) => ring.map(([, lat = 0]) => lat))
  const least = (values: readonly number[]): number => values.reduce((one, other) => Math.min(one, other))
  const most = (values: readonly number[]): number => values.reduce((one, other) => Math.max(one, other))
  return {
    code: properties.code,
    rings,
    west: least(longitudes),
    east: most(longitudes),
    south: least(latitudes),
    north: most(latitudes),
  }
}

// A degree is at least 60 km here, in either direction (Kazakhstan ends at 55.5° north).
function isInBox(region: Region, { lat, lon }: Point, withinKm: number): boolean {
  const margin = withinKm / 60
  const inLongitude = lon >= region.west - margin && lon <= region.east + margin
  return inLongitude && lat >= region.south - margin && lat <= region.north + margin
}

// Even-odd over all rings together: a hole, where a city is an akimat of its own, takes itself out.
function isInRegion({ rings }: Region, point: Point): boolean {
  return rings.filter((ring) => isInside(point, ring)).length % 2 === 1
}

function distanceToRegionKm({ rings }: Region, point: Point): number {
  return rings.reduce(
    (least, ring) => Math.min(least, distanceToRingKm(point, ring)),
    Number.POSITIVE_INFINITY,
  )
}
