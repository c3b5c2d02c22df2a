import { ELECTIONS, SEASON_DAYS } from '@baqylau/contracts'
import { dayOf, type Step } from '../step.ts'

const DAY_MS = 24 * 60 * 60 * 1000

const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS)

/** Days to election day, and whether the campaign had officially begun; null outside of every election's season. */
export const election: Step = {
  name: 'election',
  run: (_report, found) => {
    const day = dayOf(found)
    for (const { id, electionDay, campaignBegins } of ELECTIONS) {
      const daysToElection = daysBetween(day, electionDay)
      if (daysToElection > SEASON_DAYS.before || daysToElection < -SEASON_DAYS.after) continue
      return { election: { id, daysToElection, campaignBegun: day >= campaignBegins } }
    }
    return { election: null }
  },
}
