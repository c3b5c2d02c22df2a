import type { PlaceQuery, Resolution } from '@baqylau/akimats'
import { dayOf, type Step } from '../step.ts'

const CANDIDATES_MAX = 20

/** The akimat in whose territory the place was on that day, and today; or why it cannot be told. */
export const akimatBy = (resolve: (query: PlaceQuery) => Resolution): Step => ({
  name: 'akimat',
  run: ({ place }, found) => {
    const { text, lat, lon, accuracyMetres } = place
    const { regionCode, regionCodeToday, method, confidence, reason, candidates } = resolve({
      date: dayOf(found),
      ...(text === undefined ? {} : { text }),
      ...(lat === undefined || lon === undefined ? {} : { lat, lon }),
      ...(accuracyMetres === undefined ? {} : { accuracyMetres }),
    })
    return {
      akimat: {
        regionCode,
        regionCodeToday,
        method,
        confidence,
        reason,
        candidates: candidates.slice(0, CANDIDATES_MAX),
      },
    }
  },
})
