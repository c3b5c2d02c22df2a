import { codeOn, codesToday, splits, type AkimatCode } from './akimat.ts'
import { confidence, type Evidence } from './evidence.ts'
import { nearestSettlement, type Settlement } from './gazetteer.ts'
import type { Point } from './geometry.ts'
import type { RegionMap, RegionsAt } from './region-map.ts'

/** What coordinates say alone, and every akimat of the day that they could be in, given how accurate they are. */
export interface CoordinateEvidence {
  readonly evidence: Evidence
  readonly possible: readonly AkimatCode[]
}

export interface Fix extends Point {
  readonly accuracyMetres: number
  readonly date: string
}

// How far the polygons may be off: of the gazetteer's 345 places, the worst is 1.3 km on the wrong side.
const polygonErrorKm = 2

// A text that names the region beyond a border this near is not contradicted by the coordinates: people report from the
// edge of a city, and cities have grown since 2005.
const agreementKm = 5

// At a border, a settlement this near says more than the polygon does.
const settlementReachKm = 8

// For today's regions, which have no polygons: the nearest settlement speaks for a place unless another region's is
// nearly as near.
const clearlyNearer = 0.7

/** Reads coordinates against the polygons of 2005 and, for the regions made since, the nearest settlement. */
export function weighCoordinates(fix: Fix, regionMap: RegionMap): CoordinateEvidence {
  const errorKm = Math.max(polygonErrorKm, fix.accuracyMetres / 1000)
  const { code, neighbours } = regionMap.at(fix.lat, fix.lon, Math.max(errorKm, agreementKm))
  const touching = neighbours.filter(({ km }) => km <= errorKm)
  return {
    evidence: weighPolygons(fix, code, touching),
    possible: possibleCodes(fix.date, code, neighbours),
  }
}

type Neighbours = RegionsAt['neighbours']

function weighPolygons(fix: Fix, code: AkimatCode | null, touching: Neighbours): Evidence {
  if (touching.length === 0) {
    return code === null ? { kind: 'foreign' } : within(fix, code, confidence.inPolygon)
  }
  const accuracyKm = fix.accuracyMetres / 1000
  const candidates = possibleCodes(fix.date, code, touching)
  if (accuracyKm > settlementReachKm) return unsure(candidates)
  const codes2005 = new Set([code, ...touching.map((neighbour) => neighbour.code)])
  const at = nearestSettlement(fix, ({ codeBefore }) => codes2005.has(codeBefore))
  if (at !== undefined && at.km <= settlementReachKm) {
    return within(fix, at.settlement.codeBefore, confidence.nearSettlementAtBorder)
  }
  const isClear = code !== null && touching.every(({ km }) => km > accuracyKm)
  return isClear ? within(fix, code, confidence.inPolygonAtBorder) : unsure(candidates)
}

function possibleCodes(date: string, code: AkimatCode | null, neighbours: Neighbours): readonly AkimatCode[] {
  const codes2005 = [...(code === null ? [] : [code]), ...neighbours.map((neighbour) => neighbour.code)]
  return codes2005.flatMap((code2005) => codesOnDay(code2005, date))
}

const unsure = (candidates: readonly AkimatCode[]): Evidence => ({
  kind: 'unresolved',
  reason: 'ambiguous',
  candidates: candidates.toSorted(),
})

/** The akimats that, on a day, shared the territory of an akimat of 2005. */
function codesOnDay(code2005: AkimatCode, date: string): readonly AkimatCode[] {
  return [code2005, ...splits.filter(({ from, on }) => from === code2005 && on <= date).map(({ to }) => to)]
}

function within(fix: Fix, code2005: AkimatCode, sure: number): Evidence {
  const onDay = codesOnDay(code2005, fix.date)
  const code =
    onDay.length === 1 ? code2005 : byNearest(fix, code2005, ({ codeToday }) => codeOn(codeToday, fix.date))
  if (code === null) return unsure(onDay)
  const isSplitSince = codesToday(code, fix.date).length > 1
  const at = nearestSettlement(fix, ({ codeBefore }) => codeBefore === code2005)
  return {
    kind: 'resolved',
    code,
    codeToday: isSplitSince ? byNearest(fix, code2005, ({ codeToday }) => codeToday) : code,
    settlement: at !== undefined && at.km <= settlementReachKm ? at.settlement.name : null,
    method: 'coordinates',
    confidence: onDay.length === 1 ? sure : Math.min(sure, confidence.nearSettlementAtBorder),
  }
}

/** The code of the nearest settlement of an akimat of 2005; null when another code's is nearly as near. */
function byNearest(
  fix: Fix,
  code2005: AkimatCode,
  codeOf: (settlement: Settlement) => AkimatCode,
): AkimatCode | null {
  const nearest = nearestSettlement(fix, ({ codeBefore }) => codeBefore === code2005)
  if (nearest === undefined) return null
  const code = codeOf(nearest.settlement)
  const rival = nearestSettlement(
    fix,
    (settlement) => settlement.codeBefore === code2005 && codeOf(settlement) !== code,
  )
  return rival === undefined || nearest.km < rival.km * clearlyNearer ? code : null
}
