/**
 * The akimats (regional administrations) of Kazakhstan through time, and the resolver that says in whose territory a
 * place was on a day. Everything is in memory: the data is read once, when the module is loaded.
 */
export { akimatOn, akimats, type AkimatCode, type AkimatPeriod } from './akimat.ts'
export type { PlaceQuery, Resolution, ResolutionMethod, UnresolvedReason } from './place-query.ts'
export type { RegionCollection } from './region-map.ts'
export { regions2005 } from './regions-2005.ts'
export { createResolver, type Resolver } from './resolver.ts'
