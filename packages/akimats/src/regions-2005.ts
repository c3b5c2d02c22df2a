import mapFeatures from '../data/regions-2005-map.geo.json' with { type: 'json' }
import fullFeatures from '../data/regions-2005.geo.json' with { type: 'json' }
import type { RegionCollection } from './region-map.ts'

/** The akimats of 2005 for drawing a map: 16 features, simplified, neighbours sharing their border. */
export const regions2005 = mapFeatures as RegionCollection

/** The same at full detail, for resolving coordinates. */
export const detailedRegions2005 = fullFeatures as RegionCollection
