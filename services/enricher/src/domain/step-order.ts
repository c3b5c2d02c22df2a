import type { PlaceQuery, Resolution } from '@baqylau/akimats'
import type { Step } from './step.ts'
import { akimatBy } from './steps/akimat.ts'
import { election } from './steps/election.ts'
import { huridocs } from './steps/huridocs.ts'
import { lawInForce } from './steps/law-in-force.ts'
import { narrativeLanguage } from './steps/narrative-language.ts'
import { occurrenceDay } from './steps/occurrence-day.ts'
import { odihrArea } from './steps/odihr-area.ts'
import { redactNarrative } from './steps/redact-narrative.ts'

/** Raised whenever the output of any step changes: later enrichments of the same revision win over earlier ones. */
export const ENRICHMENT_VERSION = 1

/** The steps, in the order in which they run. */
export const stepsWith = (resolve: (query: PlaceQuery) => Resolution): readonly Step[] => [
  occurrenceDay,
  akimatBy(resolve),
  huridocs,
  odihrArea,
  lawInForce,
  election,
  narrativeLanguage,
  redactNarrative,
]
