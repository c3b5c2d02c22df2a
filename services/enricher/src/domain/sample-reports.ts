import type { Report } from '@baqylau/contracts'

/** What the samples have in common: something for every step, and nothing that ever happened. */
const common = {
  occurred: { from: '2005-10-19T18:30:00+06:00', to: '2005-10-20', precision: 'exact' },
  reportedAt: '2005-10-20T09:00:00+06:00',
  place: { text: 'Алматы, Медеуский район', lat: 43.25, lon: 76.95, accuracyMetres: 100 },
  language: 'ru',
  narrative: 'Образец: звонил Иванов Иван, +7 701 000 00 00, адрес ул. Образцовая, 1. Бұл үлгі ғана.',
  reporter: 'sample',
  confidentiality: 'public',
  synthetic: true,
  statedReason: 'образец',
  legalBasis: ['Закон о выборах, статья 28'],
} as const

const sample = (own: Pick<Report, 'kind' | 'details'>): Report =>
  ({ ...common, legalBasis: [...common.legalBasis], ...own }) as Report

/** One good report of each kind: a step that fails on one of them is broken, whatever else it fails on. */
export const SAMPLE_REPORTS: readonly Report[] = [
  sample({ kind: 'press_seizure', details: { outlet: 'Образец', copiesSeized: 1 } }),
  sample({ kind: 'assembly_arrest', details: { peopleDetained: 1 } }),
  sample({ kind: 'premises_denial', details: { venue: 'Дом культуры' } }),
  sample({ kind: 'voter_intimidation', details: { means: 'e_voting' } }),
  sample({ kind: 'media_access_denial', details: { outlet: 'Образец ТВ' } }),
  sample({ kind: 'administrative_resource', details: { office: 'акимат' } }),
  sample({ kind: 'electoral_fraud', details: { method: 'carousel' } }),
  sample({ kind: 'vote_tally', details: { votes: [{ candidate: 'Образец', votes: 1 }] } }),
]
