import { franc } from 'franc'
import type { Enrichment } from '@baqylau/contracts'
import type { Step } from '../step.ts'

/** ISO 639-3, as franc has them. */
const LANGUAGES: ReadonlyMap<string, Enrichment['narrativeLanguage']> = new Map([
  ['kaz', 'kk'],
  ['rus', 'ru'],
  ['eng', 'en'],
] as const)
/** Shorter texts tell too little. */
const LENGTH_MIN = 10
/** The first thousand characters tell as much as twenty thousand. */
const LENGTH_MAX = 1000

/** The language of the narrative, whatever the reporter said it is; null when there is none, or too little of it. */
export const narrativeLanguage: Step = {
  name: 'narrative-language',
  run: ({ narrative = '' }) => {
    const code = franc(narrative.slice(0, LENGTH_MAX), { only: [...LANGUAGES.keys()], minLength: LENGTH_MIN })
    return { narrativeLanguage: LANGUAGES.get(code) ?? null }
  },
}
