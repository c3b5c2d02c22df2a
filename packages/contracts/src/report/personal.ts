import { type Static, Type } from '@sinclair/typebox'
import { Line, Text } from '../formats.ts'
import { commonProperties, Evidence, Place, type Report } from './report.ts'
import type { Kind } from './vocabulary.ts'

/**
 * Details that name or single out a person. Everything else in `details` names offices, papers and numbers. The
 * candidates of a tally stand on a ballot that is public, and stay where they are.
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

/**
 * The one place of personal data in an event: who reports, what they tell, what names somebody, and the exact place
 * unless the report is public. To erase a reporter, one part has to become unreadable.
 */
export const PersonalPart = Type.Object(
  {
    narrative: commonProperties.narrative,
    reporter: commonProperties.reporter,
    place: Type.Optional(Place),
    evidence: Type.Optional(Type.Array(Evidence, { maxItems: 20 })),
    details: Type.Optional(
      Type.Object(
        {
          caseNumber: Type.Optional(Line(200)),
          candidate: Type.Optional(Line(200)),
          words: Type.Optional(Text(2000)),
          onBehalfOf: Type.Optional(Line(200)),
        },
        { additionalProperties: false },
      ),
    ),
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
  const personalDetails = PERSONAL_DETAILS[report.kind]
  const isPublic = report.confidentiality === 'public'
  const isPersonal = (name: string): boolean =>
    name === 'narrative' || name === 'reporter' || name === 'evidence' || (name === 'place' && !isPublic)
  const isEnvelope = (name: string): boolean => name === 'reportId' || name === 'revision'
  const named = pick(report.details, (name) => personalDetails.includes(name))
  const open = {
    ...pick(report, (name) => !isPersonal(name) && !isEnvelope(name)),
    details: pick(report.details, (name) => !personalDetails.includes(name)),
  }
  const personal = {
    ...pick(report, isPersonal),
    ...(Object.keys(named).length > 0 ? { details: named } : {}),
  }
  return { open: open as OpenPart, personal }
}

/** The report again, whole: the inverse of `splitReport`, but for the order of its members. */
export const joinReport = (open: OpenPart, personal: PersonalPart): unknown => ({
  ...open,
  ...personal,
  details: { ...open.details, ...personal.details },
})
