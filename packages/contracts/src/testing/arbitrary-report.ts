import * as fc from 'fast-check'
import type { Report, ReportOf } from '../report/report.ts'
import {
  AKIMAT_REPLIES,
  ASSEMBLY_FORMS,
  CHANNELS,
  CONFIDENTIALITIES,
  DETENTION_TYPES,
  FRAUD_METHODS,
  type Kind,
  KINDS,
  LANGUAGES,
  MEANS,
  ORDER_TYPES,
  OUTCOMES,
  OWNER_TYPES,
  PRECISIONS,
  PRETEXTS,
  RELIABILITIES,
  RESOURCES,
  SEIZURE_STAGES,
  SOURCE_CONNECTIONS,
  VIOLATION_STATUSES,
} from '../report/vocabulary.ts'

/** Letters of three alphabets, and what is apt to be escaped wrongly somewhere. The first one takes two UTF-16 units. */
const CHARACTERS = ['😀', ...'абвғқұүһіAZaz09 «»№%-/:;,.~_{}"\\\'\u2028'.split('')]
const FIRST_DAY = Date.UTC(2005, 8, 1)
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

const oneOf = <const Words extends readonly string[]>(words: Words): fc.Arbitrary<Words[number]> =>
  fc.constantFrom<Words[number]>(...words)
const line = fc.string({ unit: fc.constantFrom(...CHARACTERS), minLength: 1, maxLength: 20 })
const text = fc.array(line, { minLength: 1, maxLength: 4 }).map((lines) => lines.join('\r\n\t'))
const count = fc.integer({ min: 0, max: 100_000_000 })
const dateOf = (day: number): string => new Date(FIRST_DAY + day * DAY_MS).toISOString().slice(0, 10)
const timeOf = (day: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.integer({ min: 0, max: 24 * 60 - 1 }), fc.constantFrom('+06:00', '+05:00', '+00:00', 'Z'))
    .map(([minute, offset]) => {
      const instant = new Date(FIRST_DAY + day * DAY_MS + minute * MINUTE_MS)
      return instant.toISOString().slice(0, 19) + offset
    })
const dayNumber = fc.integer({ min: 0, max: 120 })
const date = dayNumber.map(dateOf)
const time = dayNumber.chain(timeOf)
const dateOrTimeOf = (day: number): fc.Arbitrary<string> => fc.oneof(fc.constant(dateOf(day)), timeOf(day))

/** Two days and more apart, so that `to` follows `from` in whatever zones they are written. */
const occurred = fc
  .tuple(dayNumber, fc.integer({ min: 2, max: 9 }))
  .chain(([day, days]) =>
    fc.record(
      { from: dateOrTimeOf(day), to: dateOrTimeOf(day + days), precision: oneOf(PRECISIONS) },
      { requiredKeys: ['from', 'precision'] },
    ),
  )

const degrees = (limit: number): fc.Arbitrary<number> =>
  fc.double({ min: -limit, max: limit, noNaN: true }).map((value) => Math.round(value * 1e6) / 1e6 + 0)
const coordinates = {
  lat: degrees(90),
  lon: degrees(180),
  accuracyMetres: fc.integer({ min: 0, max: 50_000 }),
}
const place = fc.oneof(
  fc.record({ text: line }),
  fc.record({ text: line, ...coordinates }, { requiredKeys: ['lat', 'lon'] }),
)

const evidence = fc.record(
  {
    sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
    sizeBytes: fc.integer({ min: 0, max: 10_000_000 }),
    mediaType: fc.constantFrom('image/jpeg', 'audio/mpeg', 'application/pdf'),
    capturedAt: time,
  },
  { requiredKeys: ['sha256', 'sizeBytes', 'mediaType'] },
)

const order = fc.record(
  { type: oneOf(ORDER_TYPES), number: line, date, signatoryOffice: line },
  { requiredKeys: [] },
)
const charge = fc.record({ act: line, article: line }, { requiredKeys: [] })
const assembly = fc.record(
  {
    name: line,
    form: oneOf(ASSEMBLY_FORMS),
    applicationFiled: fc.boolean(),
    akimatReply: oneOf(AKIMAT_REPLIES),
  },
  { requiredKeys: [] },
)

const detailsOf: { readonly [K in Kind]: fc.Arbitrary<ReportOf<K>['details']> } = {
  press_seizure: fc.record(
    {
      outlet: line,
      issueNumber: line,
      copiesSeized: count,
      copiesPrinted: count,
      stage: oneOf(SEIZURE_STAGES),
      printingHouse: line,
      seizingBody: line,
      order,
      courtOrder: fc.boolean(),
      returned: fc.boolean(),
      pretexts: fc.array(oneOf(PRETEXTS), { maxLength: 10 }),
    },
    { requiredKeys: ['outlet'] },
  ),
  assembly_arrest: fc.record(
    {
      peopleDetained: fc.integer({ min: 1, max: 1000 }),
      detentionType: oneOf(DETENTION_TYPES),
      facility: line,
      charge,
      lawyerAllowed: fc.boolean(),
      court: line,
      caseNumber: line,
      outcome: oneOf(OUTCOMES),
      fineMci: fc.integer({ min: 0, max: 500 }),
      daysOfArrest: fc.integer({ min: 0, max: 15 }),
      assembly,
    },
    { requiredKeys: ['peopleDetained'] },
  ),
  premises_denial: fc.record(
    {
      venue: line,
      ownerType: oneOf(OWNER_TYPES),
      candidate: line,
      requestedAt: date,
      eventAt: date,
      refusedAt: date,
      refusingBody: line,
      reason: text,
      alternativeOffered: fc.boolean(),
      otherCandidatesAllowed: fc.boolean(),
    },
    { requiredKeys: ['venue'] },
  ),
  voter_intimidation: fc.record(
    { means: oneOf(MEANS), group: line, words: text, peopleAddressed: count },
    { requiredKeys: ['means'] },
  ),
  media_access_denial: fc.record(
    { outlet: line, ownerType: oneOf(OWNER_TYPES), candidate: line, refused: text, othersGot: text },
    { requiredKeys: ['outlet'] },
  ),
  administrative_resource: fc.record(
    { office: line, resource: oneOf(RESOURCES), onBehalfOf: line },
    { requiredKeys: ['office'] },
  ),
  electoral_fraud: fc.record(
    { precinct: line, method: oneOf(FRAUD_METHODS), votesConcerned: count },
    { requiredKeys: ['method'] },
  ),
  vote_tally: fc.record(
    {
      precinct: line,
      registered: count,
      turnout: count,
      votes: fc.array(fc.record({ candidate: line, votes: count }), { minLength: 1, maxLength: 5 }),
      electronic: fc.boolean(),
      protocolNumber: line,
    },
    { requiredKeys: ['votes'] },
  ),
}

const commonMembers = {
  reportId: fc.uuid(),
  revision: fc.integer({ min: 1, max: 65_535 }),
  language: oneOf(LANGUAGES),
  channel: oneOf(CHANNELS),
  formVersion: line,
  occurred,
  reportedAt: time,
  place,
  narrative: text,
  reporter: line,
  sourceConnection: oneOf(SOURCE_CONNECTIONS),
  reliability: oneOf(RELIABILITIES),
  violationStatus: oneOf(VIOLATION_STATUSES),
  confidentiality: oneOf(CONFIDENTIALITIES),
  consent: fc.boolean(),
  synthetic: fc.boolean(),
  statedReason: text,
  legalBasis: fc.array(line, { maxLength: 5 }),
  evidence: fc.array(evidence, { maxLength: 3 }),
} as const

/** Reports of one kind, as intake takes them in January 2006 and later: any member that may be absent sometimes is. */
export const arbitraryReportOf = (kind: Kind): fc.Arbitrary<Report> =>
  fc.record(
    { ...commonMembers, kind: fc.constant(kind), details: detailsOf[kind] },
    { requiredKeys: ['kind', 'occurred', 'place', 'details'] },
  ) as fc.Arbitrary<Report>

/** Reports of all kinds. */
export const arbitraryReport: fc.Arbitrary<Report> = fc.oneof(...KINDS.map(arbitraryReportOf))
