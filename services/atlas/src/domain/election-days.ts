/** A day that the time line marks. */
export interface MarkedDay {
  readonly day: string
  readonly meaning: 'campaign_begins' | 'election_day'
}

/** The presidential election of 2005: the campaign officially began on 25 October, the vote was on 4 December. */
export const markedDays: readonly MarkedDay[] = [
  { day: '2005-10-25', meaning: 'campaign_begins' },
  { day: '2005-12-04', meaning: 'election_day' },
]
