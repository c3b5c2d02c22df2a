import { type TProperties, type TSchema, Type } from '@sinclair/typebox'
import { Count, DateOnly, Line, OneOf, Text } from '../formats.ts'
import {
  AKIMAT_REPLIES,
  ASSEMBLY_FORMS,
  DETENTION_TYPES,
  FRAUD_METHODS,
  MEANS,
  ORDER_TYPES,
  OUTCOMES,
  OWNER_TYPES,
  PRETEXTS,
  RESOURCES,
  SEIZURE_STAGES,
} from './vocabulary.ts'

const closed = <Properties extends TProperties>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false })
const maybe = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema)

const NAME = 200
const SENTENCES = 2000

const Order = closed({
  type: maybe(OneOf(ORDER_TYPES)),
  number: maybe(Line(NAME)),
  date: maybe(DateOnly),
  signatoryOffice: maybe(Line(NAME)),
})

export const PressSeizureDetails = closed({
  outlet: Line(NAME),
  issueNumber: maybe(Line(40)),
  copiesSeized: maybe(Count()),
  copiesPrinted: maybe(Count()),
  stage: maybe(OneOf(SEIZURE_STAGES)),
  printingHouse: maybe(Line(NAME)),
  seizingBody: maybe(Line(NAME)),
  order: maybe(Order),
  courtOrder: maybe(Type.Boolean()),
  returned: maybe(Type.Boolean()),
  pretexts: maybe(Type.Array(OneOf(PRETEXTS), { maxItems: 10 })),
})

const Charge = closed({ act: maybe(Line(NAME)), article: maybe(Line(NAME)) })

const Assembly = closed({
  name: maybe(Line(NAME)),
  form: maybe(OneOf(ASSEMBLY_FORMS)),
  applicationFiled: maybe(Type.Boolean()),
  akimatReply: maybe(OneOf(AKIMAT_REPLIES)),
})

export const AssemblyArrestDetails = closed({
  peopleDetained: Count(1),
  detentionType: maybe(OneOf(DETENTION_TYPES)),
  facility: maybe(Line(NAME)),
  charge: maybe(Charge),
  lawyerAllowed: maybe(Type.Boolean()),
  court: maybe(Line(NAME)),
  caseNumber: maybe(Line(NAME)),
  outcome: maybe(OneOf(OUTCOMES)),
  fineMci: maybe(Type.Number({ minimum: 0, maximum: 100_000 })),
  daysOfArrest: maybe(Type.Integer({ minimum: 0, maximum: 10_000 })),
  assembly: maybe(Assembly),
})

export const PremisesDenialDetails = closed({
  venue: Line(NAME),
  ownerType: maybe(OneOf(OWNER_TYPES)),
  candidate: maybe(Line(NAME)),
  requestedAt: maybe(DateOnly),
  eventAt: maybe(DateOnly),
  refusedAt: maybe(DateOnly),
  refusingBody: maybe(Line(NAME)),
  reason: maybe(Text(SENTENCES)),
  alternativeOffered: maybe(Type.Boolean()),
  otherCandidatesAllowed: maybe(Type.Boolean()),
})

export const VoterIntimidationDetails = closed({
  means: OneOf(MEANS),
  group: maybe(Line(NAME)),
  words: maybe(Text(SENTENCES)),
  peopleAddressed: maybe(Count()),
})

export const MediaAccessDenialDetails = closed({
  outlet: Line(NAME),
  ownerType: maybe(OneOf(OWNER_TYPES)),
  candidate: maybe(Line(NAME)),
  refused: maybe(Text(SENTENCES)),
  othersGot: maybe(Text(SENTENCES)),
})

export const AdministrativeResourceDetails = closed({
  office: Line(NAME),
  resource: maybe(OneOf(RESOURCES)),
  onBehalfOf: maybe(Line(NAME)),
})

export const ElectoralFraudDetails = closed({
  precinct: maybe(Line(NAME)),
  method: OneOf(FRAUD_METHODS),
  votesConcerned: maybe(Count()),
})

const CandidateVotes = closed({ candidate: Line(NAME), votes: Count() })

export const VoteTallyDetails = closed({
  precinct: maybe(Line(NAME)),
  registered: maybe(Count()),
  turnout: maybe(Count()),
  votes: Type.Array(CandidateVotes, { minItems: 1, maxItems: 50 }),
  electronic: maybe(Type.Boolean()),
  protocolNumber: maybe(Line(NAME)),
})
