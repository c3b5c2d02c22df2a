import { type Static, Type } from '@sinclair/typebox'
import { commonProperties, Evidence, Place, type Report } from './report.ts'
import type { Kind } from './vocabulary.ts'

/**
 * Details that name or single out a person. Everything else in `details` names offices, papers, public halls and numbers.
 * The candidates of a tally stand on a ballot that is public, and stay where they are.
 */
const PERSONAL_DETAILS: Readonly<Record<Kind, readonly string[]>> = {
  press_seizure: [],
  assembly_arrest: ['caseNumber'],
  premises_denial: ['candidate'],
  voter_intimidation: ['words'],
  media_access_denial: ['candidate'],
  administrative_resource: ['onBehalfOf'],
  electoral_fraud: [],
  vote_tally: [],
}

/** What is left in the open of a secret report's details: the words of closed lists, numbers, yes and no. */
const OPEN_OF_SECRET: ReadonlySet<string> = new Set([
  'copiesSeized',
  'copiesPrinted',
  'stage',
  'courtOrder',
  'returned',
  'pretexts',
  'peopleDetained',
  'detentionType',
  'lawyerAllowed',
  'outcome',
  'fineMci',
  'daysOfArrest',
  'ownerType',
  'alternativeOffered',
  'otherCandidatesAllowed',
  'means',
  'peopleAddressed',
  'resource',
  'method',
  'votesConcerned',
  'registered',
  'turnout',
  'electronic',
])

const PERSONAL = new Set(['narrative', 'reporter', 'evidence'])
const PERSONAL_OF_SECRET = new Set(['statedReason', 'legalBasis'])

type Confidentiality = Report['confidentiality']

const isPersonal = (name: string, confidentiality: Confidentiality): boolean =>
  PERSONAL.has(name) ||
  (name === 'place' && confidentiality !== 'public') ||
  (confidentiality === 'secret' && PERSONAL_OF_SECRET.has(name))

const isPersonalDetail = (name: string, kind: Kind, confidentiality: Confidentiality): boolean =>
  confidentiality === 'secret' ? !OPEN_OF_SECRET.has(name) : PERSONAL_DETAILS[kind].includes(name)

/**
 * The one place of personal data in an event: who reports, what they tell, what names somebody, and the exact place
 * unless the report is public; of a secret report everything that somebody wrote in words. To erase a reporter, one part
 * has to become unreadable. Its details are checked when it is joined with the open part.
 */
export const PersonalPart = Type.Object(
  {
    narrative: commonProperties.narrative,
    reporter: commonProperties.reporter,
    statedReason: commonProperties.statedReason,
    legalBasis: commonProperties.legalBasis,
    place: Type.Optional(Place),
    evidence: Type.Optional(Type.Array(Evidence, { maxItems: 20 })),
    details: Type.Optional(Type.Record(Type.String({ maxLength: 40 }), Type.Unknown())),
  },
  { additionalProperties: false, title: 'PersonalPart' },
)
export type PersonalPart = Static<typeof PersonalPart>

/** What is left of a report without its personal part. `place` is there only when the report is public. */
export type OpenPart = Omit<
  Report,
  'reportId' | 'revision' | 'narrative' | 'reporter' | 'place' | 'evidence' | 'details'
> & {
  readonly place?: Place
  readonly details: Readonly<Record<string, unknown>>
}

type Members = Readonly<Record<string, unknown>>

const pick = (from: Members, wanted: (name: string) => boolean): Members =>
  Object.fromEntries(Object.entries(from).filter(([name]) => wanted(name)))

/** Splits a report into its open and its personal part. `reportId` and `revision` go: the envelope has them. */
export const splitReport = (report: Report): { readonly open: OpenPart; readonly personal: PersonalPart } => {
  const { kind, confidentiality, details } = report
  const isEnvelope = (name: string): boolean => name === 'reportId' || name === 'revision'
  const inDetails = (name: string): boolean => isPersonalDetail(name, kind, confidentiality)
  const named = pick(details, inDetails)
  const open = {
    ...pick(report, (name) => !isPersonal(name, confidentiality) && !isEnvelope(name)),
    details: pick(details, (name) => !inDetails(name)),
  }
  const personal = {
    ...pick(report, (name) => isPersonal(name, confidentiality)),
    ...(Object.keys(named).length > 0 ? { details: named } : {}),
  }
  return { open: open as OpenPart, personal }
}

/** Is there nothing in the open part that belongs into the personal one? */
export const isOpenAlone = ({ kind, confidentiality, details, ...open }: OpenPart): boolean =>
  !Object.keys(open).some((name) => isPersonal(name, confidentiality)) &&
  !Object.keys({ ...details }).some((name) => isPersonalDetail(name, kind, confidentiality))

/** The report again, whole: the inverse of `splitReport`, but for the order of its members. */
export const joinReport = (open: OpenPart, personal: PersonalPart): unknown => ({
  ...open,
  ...personal,
  details: { ...open.details, ...personal.details },
})
