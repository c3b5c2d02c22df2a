// Builds data/settlements.json and data/regions-2005*.geo.json from open data and from the hand-kept corrections.
// Run it with `pnpm --filter @baqylau/akimats run build-data` after a change of either, and read the diff.
import { writeFileSync } from 'node:fs'
import { readGazetteer } from './gazetteer.ts'
import { regionPolygons, simplifiedRegionPolygons } from './region-polygons.ts'

const dataFolder = new URL('../data/', import.meta.url)

function writeRows(fileName: string, rows: readonly unknown[], wrap: (lines: string) => string): void {
  const lines = rows.map((row) => JSON.stringify(row)).join(',\n')
  writeFileSync(new URL(fileName, dataFolder), wrap(lines))
}

const asCollection = (lines: string): string => `{"type":"FeatureCollection","features":[\n${lines}\n]}\n`

const polygons = regionPolygons()
writeRows('regions-2005.geo.json', polygons, asCollection)
writeRows('regions-2005-map.geo.json', simplifiedRegionPolygons(), asCollection)
writeRows('settlements.json', readGazetteer(polygons), (lines) => `[\n${lines}\n]\n`)
