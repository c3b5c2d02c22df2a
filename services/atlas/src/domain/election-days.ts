import { ELECTIONS } from '@baqylau/contracts'

/** A day that the time line marks. */
export interface MarkedDay {
  readonly day: string
  readonly meaning: 'campaign_begins' | 'election_day'
}

/** The days of the election calendar. */
export const markedDays: readonly MarkedDay[] = ELECTIONS.flatMap(({ campaignBegins, electionDay }) => [
  { day: campaignBegins, meaning: 'campaign_begins' },
  { day: electionDay, meaning: 'election_day' },
])
