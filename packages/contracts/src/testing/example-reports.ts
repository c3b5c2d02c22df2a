import { checkReport } from '../report/check-report.ts'
import type { KINDS } from '../report/vocabulary.ts'

export const NOW = new Date('2006-01-15T12:00:00Z')

export type Members = Readonly<Record<string, unknown>>

/** The least that makes a report. */
export const leastSeizure = {
  kind: 'press_seizure',
  occurred: { from: '2005-10-19', precision: 'day' },
  place: { text: 'Алматы' },
  details: { outlet: 'Свобода слова' },
}
/** In details, the one thing that makes each kind. */
export const leastDetailsOf: Readonly<Record<(typeof KINDS)[number], Members>> = {
  press_seizure: { outlet: 'Свобода слова' },
  assembly_arrest: { peopleDetained: 1 },
  premises_denial: { venue: 'Дом культуры' },
  voter_intimidation: { means: 'e_voting' },
  media_access_denial: { outlet: 'ТВ' },
  administrative_resource: { office: 'акимат' },
  electoral_fraud: { method: 'carousel' },
  vote_tally: { votes: [{ candidate: 'A', votes: 1 }] },
}

export const withMembers = (members: Members): Members => ({ ...leastSeizure, ...members })
export const withDetails = (members: Members): Members =>
  withMembers({ details: { ...leastSeizure.details, ...members } })
export const ofKind = (kind: keyof typeof leastDetailsOf, members: Members): Members =>
  withMembers({ kind, details: { ...leastDetailsOf[kind], ...members } })
export const occurring = (from: unknown, to?: unknown): Members =>
  withMembers({ occurred: { from, precision: 'day', ...(to === undefined ? {} : { to }) } })
export const placed = (place: unknown): Members => withMembers({ place })
export const without = (name: string): Members =>
  Object.fromEntries(Object.entries(leastSeizure).filter(([member]) => member !== name))
export const parsed = (json: string): unknown => JSON.parse(json)

/** What `checkReport` has against a value, in January 2006. */
export const faultsOf = (value: unknown) => {
  const check = checkReport(value, NOW)
  return check.ok ? [] : check.faults
}
export const pathsOf = (value: unknown): readonly string[] => faultsOf(value).map(({ path }) => path)
