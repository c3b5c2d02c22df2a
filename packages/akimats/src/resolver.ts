import { weighCoordinates, type CoordinateEvidence } from './coordinate-evidence.ts'
import { confidence, type Evidence } from './evidence.ts'
import type { PlaceQuery, Resolution } from './place-query.ts'
import { createRegionMap, type RegionMap } from './region-map.ts'
import { detailedRegions2005 } from './regions-2005.ts'
import { mentionsIn } from './text/mentions.ts'
import { createNameIndex } from './text/name-index.ts'
import { weighText } from './text/text-evidence.ts'
import { tokenize } from './text/tokens.ts'

export interface Resolver {
  /** Never throws, and gives the same answer to the same query. Coordinates outside ±90 and ±180 degrees count as none. */
  readonly resolve: (query: PlaceQuery) => Resolution
}

/** Builds the indexes, which takes some tens of milliseconds: make one resolver and keep it. */
export function createResolver(): Resolver {
  const names = createNameIndex()
  const regionMap = createRegionMap(detailedRegions2005)
  return {
    resolve(query) {
      const text = weighText(mentionsIn(tokenize(query.text ?? ''), names), query.date)
      const coordinates = readCoordinates(query, regionMap)
      return toResolution(coordinates === null ? text : combined(text, coordinates), text, coordinates)
    },
  }
}

// What a device sends that has no fix.
const isNullIsland = (lat: number, lon: number): boolean => lat === 0 && lon === 0

function readCoordinates(
  { lat, lon, accuracyMetres = 0, date }: PlaceQuery,
  regionMap: RegionMap,
): CoordinateEvidence | null {
  if (lat === undefined || lon === undefined || isNullIsland(lat, lon)) return null
  if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180)) return null
  const accuracy = Number.isFinite(accuracyMetres) ? Math.max(0, accuracyMetres) : 0
  return weighCoordinates({ lat, lon, accuracyMetres: accuracy, date }, regionMap)
}

function combined(text: Evidence, { evidence, possible }: CoordinateEvidence): Evidence {
  if (text.kind === 'none') return evidence
  if (text.kind === 'foreign') return evidence.kind === 'foreign' ? text : conflict(candidatesOf(evidence))
  if (text.kind === 'unresolved') return chosenByCoordinates(text.candidates, evidence)
  if (possible.includes(text.code)) return confirmed(text, evidence)
  return conflict([text.code, ...candidatesOf(evidence)])
}

type Resolved = Extract<Evidence, { readonly kind: 'resolved' }>

function confirmed(text: Resolved, coordinates: Evidence): Evidence {
  if (coordinates.kind !== 'resolved' || coordinates.code !== text.code) {
    return { ...text, confidence: Math.min(text.confidence, confidence.textBesideCoordinates) }
  }
  return {
    ...text,
    codeToday: text.codeToday ?? coordinates.codeToday,
    settlement: text.settlement ?? coordinates.settlement,
    confidence: confidence.textAndCoordinates,
  }
}

function chosenByCoordinates(candidates: readonly string[], coordinates: Evidence): Evidence {
  if (coordinates.kind !== 'resolved' || !candidates.includes(coordinates.code)) {
    return conflict([...candidates, ...candidatesOf(coordinates)])
  }
  return {
    ...coordinates,
    confidence: Math.min(coordinates.confidence, confidence.coordinatesChooseAmongHomonyms),
  }
}

const conflict = (candidates: readonly string[]): Evidence => ({
  kind: 'unresolved',
  reason: 'conflicting_evidence',
  candidates: [...new Set(candidates)].toSorted(),
})

function candidatesOf(evidence: Evidence): readonly string[] {
  if (evidence.kind === 'resolved') return [evidence.code]
  return evidence.kind === 'unresolved' ? evidence.candidates : []
}

function toResolution(
  evidence: Evidence,
  text: Evidence,
  coordinates: CoordinateEvidence | null,
): Resolution {
  if (evidence.kind === 'resolved') {
    const { code, codeToday, settlement, method } = evidence
    const isBoth = coordinates !== null && text.kind !== 'none'
    return {
      regionCode: code,
      regionCodeToday: codeToday,
      settlement,
      method: isBoth ? 'text_and_coordinates' : method,
      confidence: evidence.confidence,
      reason: null,
      candidates: [],
    }
  }
  return {
    regionCode: null,
    regionCodeToday: null,
    settlement: null,
    method: null,
    confidence: 0,
    reason: reasonOf(evidence),
    candidates: candidatesOf(evidence),
  }
}

function reasonOf(evidence: Exclude<Evidence, Resolved>): NonNullable<Resolution['reason']> {
  if (evidence.kind === 'unresolved') return evidence.reason
  return evidence.kind === 'foreign' ? 'foreign' : 'nothing_recognised'
}
