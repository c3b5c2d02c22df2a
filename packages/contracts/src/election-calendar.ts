export interface ElectionDates {
  readonly id: string
  readonly electionDay: string
  /** The first day of campaigning by law. */
  readonly campaignBegins: string
}

/** The election calendar. A report belongs to the election whose season it falls into. */
export const ELECTIONS: readonly ElectionDates[] = [
  { id: 'kz-2005-president', electionDay: '2005-12-04', campaignBegins: '2005-10-25' },
]

/** An election's season: so many days before election day, and after. */
export const SEASON_DAYS = { before: 180, after: 90 } as const
