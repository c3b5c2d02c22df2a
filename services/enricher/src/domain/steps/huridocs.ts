import type { Kind } from '@baqylau/contracts'
import type { Step } from '../step.ts'

/** Acts by kind: HURIDOCS Micro-thesaurus 4 (Types of Acts); `local:` where it has none that fits. */
const ACTS: Readonly<Record<Kind, readonly string[]>> = {
  press_seizure: ['100101', '100102', '100103', '130107'],
  assembly_arrest: ['030101', '030102', '030107'],
  premises_denial: ['120105', '120106', '170105.01'],
  voter_intimidation: ['170105'],
  media_access_denial: ['local:media_access_denial'],
  administrative_resource: ['local:administrative_resource'],
  electoral_fraud: ['170104', '170101'],
  vote_tally: ['local:vote_tally'],
}

export const huridocs: Step = {
  name: 'huridocs',
  run: ({ kind }) => ({ huridocs: [...ACTS[kind]] }),
}
