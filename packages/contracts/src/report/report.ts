import { type Static, type TObject, Type } from '@sinclair/typebox'
import { DateOrDateTime, DateTime, Line, OneOf, Sha256, Text, Uuid } from '../formats.ts'
import {
  AdministrativeResourceDetails,
  AssemblyArrestDetails,
  ElectoralFraudDetails,
  MediaAccessDenialDetails,
  PremisesDenialDetails,
  PressSeizureDetails,
  VoteTallyDetails,
  VoterIntimidationDetails,
} from './details.ts'
import {
  CHANNELS,
  CONFIDENTIALITIES,
  type Kind,
  LANGUAGES,
  PRECISIONS,
  RELIABILITIES,
  SOURCE_CONNECTIONS,
  VIOLATION_STATUSES,
} from './vocabulary.ts'

/** A revision is 16 bits of the version number. */
export const REVISION_MAX = 65_535

export const Occurred = Type.Object(
  { from: DateOrDateTime, to: Type.Optional(DateOrDateTime), precision: OneOf(PRECISIONS) },
  { additionalProperties: false },
)

/** Text, or latitude and longitude (WGS 84, degrees), or both: checked by `checkReport`. */
export const Place = Type.Object(
  {
    text: Type.Optional(Line(500)),
    lat: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
    lon: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
    accuracyMetres: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000_000 })),
  },
  {
    additionalProperties: false,
    // For readers of the schema: TypeBox does not look at it.
    anyOf: [
      { required: ['text'], properties: { text: {} } },
      { required: ['lat', 'lon'], properties: { lat: {}, lon: {} } },
    ],
    dependentRequired: { lat: ['lon'], lon: ['lat'] },
  },
)
export type Place = Static<typeof Place>

export const Evidence = Type.Object(
  {
    sha256: Sha256,
    sizeBytes: Type.Integer({ minimum: 0, maximum: 10_000_000_000 }),
    mediaType: Line(100),
    capturedAt: Type.Optional(DateTime),
  },
  { additionalProperties: false },
)

export const NARRATIVE_LENGTH_MAX = 20_000

/** The members that every kind of report has. Required: occurred, place (and the kind with its details). */
export const commonProperties = {
  reportId: Type.Optional(Uuid),
  revision: Type.Optional(Type.Integer({ minimum: 1, maximum: REVISION_MAX })),
  language: Type.Optional(OneOf(LANGUAGES)),
  channel: Type.Optional(OneOf(CHANNELS)),
  formVersion: Type.Optional(Line(40)),
  occurred: Occurred,
  reportedAt: Type.Optional(DateTime),
  place: Place,
  narrative: Type.Optional(Text(NARRATIVE_LENGTH_MAX)),
  reporter: Type.Optional(Line(100)),
  sourceConnection: Type.Optional(OneOf(SOURCE_CONNECTIONS)),
  reliability: Type.Optional(OneOf(RELIABILITIES)),
  violationStatus: Type.Optional(OneOf(VIOLATION_STATUSES)),
  confidentiality: Type.Optional(OneOf(CONFIDENTIALITIES)),
  consent: Type.Optional(Type.Boolean()),
  synthetic: Type.Optional(Type.Boolean()),
  statedReason: Type.Optional(Text(2000)),
  legalBasis: Type.Optional(Type.Array(Line(200), { maxItems: 20 })),
  evidence: Type.Optional(Type.Array(Evidence, { maxItems: 20 })),
} as const

const reportOf = <K extends Kind, Details extends TObject>(kind: K, details: Details) =>
  Type.Object(
    { ...commonProperties, kind: Type.Literal(kind), details },
    { additionalProperties: false, title: kind },
  )

/** The schema of a whole report, by kind. */
export const reportSchemas = {
  press_seizure: reportOf('press_seizure', PressSeizureDetails),
  assembly_arrest: reportOf('assembly_arrest', AssemblyArrestDetails),
  premises_denial: reportOf('premises_denial', PremisesDenialDetails),
  voter_intimidation: reportOf('voter_intimidation', VoterIntimidationDetails),
  media_access_denial: reportOf('media_access_denial', MediaAccessDenialDetails),
  administrative_resource: reportOf('administrative_resource', AdministrativeResourceDetails),
  electoral_fraud: reportOf('electoral_fraud', ElectoralFraudDetails),
  vote_tally: reportOf('vote_tally', VoteTallyDetails),
} as const satisfies Record<Kind, TObject>

/** A report as intake takes it, of any kind: `kind` tells which. */
export const Report = Type.Union(Object.values(reportSchemas), { title: 'Report' })
export type Report = { readonly [K in Kind]: Static<(typeof reportSchemas)[K]> }[Kind]
export type ReportOf<K extends Kind> = Static<(typeof reportSchemas)[K]>
