/** WGS 84 degrees. */
export interface Point {
  readonly lat: number
  readonly lon: number
}

/** A closed line of [longitude, latitude], as GeoJSON has it. */
export type Ring = readonly (readonly number[])[]

/** Kilometres per degree of latitude on the mean sphere (6,371.0 km). */
const kmPerDegree = 111.195

/**
 * Kilometres between two points on a plane that is true at their mean latitude: within 0.5 % of the great circle over
 * the few hundred kilometres that matter here, and cheap enough to try every settlement.
 */
export function distanceKm(one: Point, other: Point): number {
  const east = (other.lon - one.lon) * Math.cos(((one.lat + other.lat) / 2) * (Math.PI / 180))
  return Math.hypot(east, other.lat - one.lat) * kmPerDegree
}

/** Whether a point is inside a ring: an even-odd count of the edges that a line eastwards from it crosses. */
export function isInside({ lat, lon }: Point, ring: Ring): boolean {
  let inside = false
  forEachEdge(ring, (fromLon, fromLat, toLon, toLat) => {
    const crosses = fromLat > lat !== toLat > lat
    if (crosses && lon < ((toLon - fromLon) * (lat - fromLat)) / (toLat - fromLat) + fromLon) inside = !inside
  })
  return inside
}

/** Kilometres from a point to the nearest edge of a ring. */
export function distanceToRingKm({ lat, lon }: Point, ring: Ring): number {
  const eastScale = Math.cos(lat * (Math.PI / 180))
  let least = Number.POSITIVE_INFINITY
  forEachEdge(ring, (fromLon, fromLat, toLon, toLat) => {
    const x = (fromLon - lon) * eastScale
    const y = fromLat - lat
    const dx = (toLon - fromLon) * eastScale
    const dy = toLat - fromLat
    const along = Math.min(1, Math.max(0, -(x * dx + y * dy) / (dx * dx + dy * dy || 1)))
    least = Math.min(least, Math.hypot(x + along * dx, y + along * dy))
  })
  return least * kmPerDegree
}

function forEachEdge(
  ring: Ring,
  visit: (fromLon: number, fromLat: number, toLon: number, toLat: number) => void,
): void {
  let [fromLon = 0, fromLat = 0] = ring.at(-1) ?? []
  for (const [toLon = 0, toLat = 0] of ring) {
    visit(fromLon, fromLat, toLon, toLat)
    fromLon = toLon
    fromLat = toLat
  }
}
