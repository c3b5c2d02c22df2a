/**
 * The words a report may use. HURIDOCS micro-thesauri where they have one (MT19 source connection, MT29 detention,
 * MT42 reliability, MT48 precision); every list has `other`, so that nobody must lie to be able to report.
 */
export const KINDS = [
  'press_seizure',
  'assembly_arrest',
  'premises_denial',
  'voter_intimidation',
  'media_access_denial',
  'administrative_resource',
  'electoral_fraud',
  'vote_tally',
] as const
export type Kind = (typeof KINDS)[number]

export const LANGUAGES = ['kk', 'ru', 'en', 'other'] as const
export const CHANNELS = ['api', 'form', 'file', 'sms', 'other'] as const
export const PRECISIONS = ['exact', 'day', 'month', 'approximate'] as const
export const SOURCE_CONNECTIONS = [
  'eyewitness',
  'victim',
  'family',
  'media',
  'official',
  'organisation',
  'hearsay',
  'other',
] as const
export const RELIABILITIES = ['confirmed', 'probable', 'possible', 'doubtful', 'unknown', 'other'] as const
export const VIOLATION_STATUSES = ['alleged', 'confirmed', 'refuted', 'other'] as const
/** Who may see narrative and exact place: everybody, those who work on the case, nobody. Not a list to widen. */
export const CONFIDENTIALITIES = ['public', 'restricted', 'secret'] as const

export const SEIZURE_STAGES = ['press', 'transport', 'kiosk', 'other'] as const
export const ORDER_TYPES = ['confiscation', 'suspension', 'closure', 'other'] as const
export const PRETEXTS = ['insult', 'early_campaigning', 'registration', 'tax', 'other'] as const
export const DETENTION_TYPES = ['administrative', 'criminal', 'preventive', 'none', 'other'] as const
export const OUTCOMES = ['released', 'warning', 'fine', 'arrest', 'pending', 'other'] as const
export const ASSEMBLY_FORMS = ['meeting', 'rally', 'march', 'picket', 'strike', 'other'] as const
export const AKIMAT_REPLIES = ['allowed', 'refused', 'none', 'other'] as const
export const OWNER_TYPES = ['state', 'private', 'other'] as const
export const MEANS = ['e_voting', 'employer', 'university', 'police', 'akimat', 'other'] as const
export const RESOURCES = ['staff', 'premises', 'transport', 'budget', 'media', 'students', 'other'] as const
export const FRAUD_METHODS = [
  'multiple_voting',
  'ballot_stuffing',
  'carousel',
  'protocol_alteration',
  'voter_list',
  'observer_removal',
  'other',
] as const
