import { type Static, Type } from '@sinclair/typebox'
import { OneOf } from '../formats.ts'

const Nullable = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Union([schema, Type.Null()])
const Names = Type.Object({ kk: Type.String(), ru: Type.String(), en: Type.String() })

/** One line of `GET /v1/akimats/daily`. `regionCode` is '' for what could not be placed. */
export const AkimatDay = Type.Object(
  {
    regionCode: Type.String(),
    names: Nullable(Names),
    day: Type.String(),
    kind: Type.String(),
    precision: Type.String(),
    reports: Type.Integer(),
    incidents: Type.Integer(),
    peopleDetained: Type.Integer(),
    copiesSeized: Type.Integer(),
    denials: Type.Integer(),
  },
  { title: 'AkimatDay' },
)
export type AkimatDay = Static<typeof AkimatDay>

/** As the regions were on the day of the occurrence, or as they are today. */
export const REGION_VIEWS = ['then', 'today'] as const
export type RegionView = (typeof REGION_VIEWS)[number]

export const AkimatsDailyAnswer = Type.Object(
  { regions: OneOf(REGION_VIEWS), days: Type.Array(AkimatDay) },
  { title: 'AkimatsDailyAnswer' },
)
export type AkimatsDailyAnswer = Static<typeof AkimatsDailyAnswer>

/** One report as analysts see it: never its author, and no narrative and no coordinates unless it is public. */
export const ReportView = Type.Object(
  {
    reportId: Type.String(),
    revision: Type.Integer(),
    incidentId: Type.String(),
    kind: Type.String(),
    stage: Type.String(),
    day: Type.String(),
    occurred: Type.Object({ from: Type.String(), to: Nullable(Type.String()), precision: Type.String() }),
    receivedAt: Type.String(),
    regionCode: Nullable(Type.String()),
    regionCodeToday: Nullable(Type.String()),
    regionNames: Nullable(Names),
    regionConfidence: Type.Number(),
    regionReason: Nullable(Type.String()),
    language: Nullable(Type.String()),
    reliability: Nullable(Type.String()),
    sourceConnection: Nullable(Type.String()),
    violationStatus: Nullable(Type.String()),
    confidentiality: Type.String(),
    synthetic: Type.Boolean(),
    contested: Type.Boolean(),
    conflicting: Type.Boolean(),
    odihrArea: Nullable(Type.String()),
    huridocs: Type.Array(Type.String()),
    lawInForce: Type.Array(Type.String()),
    daysToElection: Nullable(Type.Integer()),
    campaignBegun: Nullable(Type.Boolean()),
    narrative: Nullable(Type.String()),
    latitude: Nullable(Type.Number()),
    longitude: Nullable(Type.Number()),
    details: Type.Record(Type.String(), Type.Unknown()),
  },
  { title: 'ReportView' },
)
export type ReportView = Static<typeof ReportView>

/** `next` is the cursor of the next page, or null on the last one. */
export const ReportsPage = Type.Object(
  { reports: Type.Array(ReportView), next: Nullable(Type.String()) },
  { title: 'ReportsPage' },
)
export type ReportsPage = Static<typeof ReportsPage>

/** What a receipt tells: how far the report has come, and the akimat it was placed in; nothing of its content. */
export const RECEIPT_STATUSES = ['accepted', 'landed', 'enriched', 'enrichment_failed', 'retracted'] as const
export const ReceiptAnswer = Type.Object(
  {
    status: OneOf(RECEIPT_STATUSES),
    placedIn: Nullable(Type.Object({ regionCode: Type.String(), names: Names })),
  },
  { title: 'ReceiptAnswer' },
)
export type ReceiptAnswer = Static<typeof ReceiptAnswer>
