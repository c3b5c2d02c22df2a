import type { Kind } from '@baqylau/contracts'

export interface Law {
  readonly title: string
  /** First day in force. */
  readonly from: string
  /** First day no longer in force; null while it is. */
  readonly until: string | null
  readonly kinds: readonly Kind[]
}

const ELECTORAL: readonly Kind[] = [
  'press_seizure',
  'premises_denial',
  'voter_intimidation',
  'media_access_denial',
  'administrative_resource',
  'electoral_fraud',
  'vote_tally',
]

/** Acts of Kazakhstan, and treaties in force for it, that bear on what is reported here. */
export const LAWS: readonly Law[] = [
  {
    title: 'Law 2126 of 17 March 1995 on peaceful assemblies',
    from: '1995-03-17',
    until: '2020-05-25',
    kinds: ['assembly_arrest'],
  },
  {
    title: 'Law 333-VI of 25 May 2020 on peaceful assemblies',
    from: '2020-05-25',
    until: null,
    kinds: ['assembly_arrest'],
  },
  {
    title: 'Administrative Offences Code of 30 January 2001, art. 373',
    from: '2001-01-30',
    until: '2015-01-01',
    kinds: ['assembly_arrest'],
  },
  {
    title: 'Administrative Offences Code of 5 July 2014, art. 488',
    from: '2015-01-01',
    until: null,
    kinds: ['assembly_arrest'],
  },
  {
    title: 'Constitutional Law 2464 of 28 September 1995 on elections, art. 27.5, 28',
    from: '1995-09-28',
    until: null,
    kinds: ELECTORAL,
  },
  {
    // Ratified on 24 January 2006; by its art. 49.2 in force three months after. So not yet in 2005.
    title: 'International Covenant on Civil and Political Rights',
    from: '2006-04-24',
    until: null,
    kinds: [...ELECTORAL, 'assembly_arrest'],
  },
]
