import type { Enrichment, Report } from '@baqylau/contracts'
import type { Step } from '../step.ts'

/** The area of observation, after the chapters of OSCE/ODIHR's Election Observation Handbook. */
const areaOf = (report: Report): Enrichment['odihrArea'] => {
  switch (report.kind) {
    case 'press_seizure':
    case 'media_access_denial':
      return 'media'
    case 'assembly_arrest':
    case 'premises_denial':
    case 'administrative_resource':
    case 'voter_intimidation':
      return 'campaign'
    case 'electoral_fraud':
      return fraudArea(report.details.method)
    case 'vote_tally':
      return report.details.precinct === undefined ? 'tabulation' : 'counting'
  }
}

const fraudArea = (method: string): Enrichment['odihrArea'] => {
  if (method === 'observer_removal') return 'observers'
  if (method === 'protocol_alteration') return 'counting'
  if (method === 'voter_list') return 'election_administration'
  return 'voting'
}

export const odihrArea: Step = {
  name: 'odihr-area',
  run: (report) => ({ odihrArea: areaOf(report) }),
}
