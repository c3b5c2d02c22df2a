import { akimats } from '@baqylau/akimats'
import {
  CONFIDENTIALITIES,
  DateOnly,
  KINDS,
  OneOf,
  PRECISIONS,
  REGION_VIEWS,
  STAGE_NAMES,
} from '@baqylau/contracts'
import { type Static, Type } from '@sinclair/typebox'
import { type ReportFilter, regionOf } from '../domain/report-filter.ts'

const REPORTS_MAX = 500
export const REPORTS_DEFAULT = 50

const codes = [...new Set(akimats.map(({ code }) => code))]

const filterProperties = {
  from: Type.Optional({ ...DateOnly, description: 'First day, as written in the reports.' }),
  to: Type.Optional({ ...DateOnly, description: 'Last day, included.' }),
  region: Type.Optional({
    ...OneOf(['', 'unresolved', ...codes]),
    description: 'ISO 3166-2:KZ; "unresolved" (or nothing) for reports without an akimat.',
  }),
  kind: Type.Optional(OneOf(KINDS)),
  precision: Type.Optional(OneOf(PRECISIONS)),
  regions: Type.Optional({
    ...OneOf(REGION_VIEWS),
    default: 'then',
    description: 'Regions as they were on the day, or as they are today.',
  }),
} as const

export const DailyQuery = Type.Object(
  {
    ...filterProperties,
    format: Type.Optional({
      ...OneOf(['json', 'csv']),
      description: 'Else as `Accept` says; JSON when in doubt.',
    }),
  },
  { additionalProperties: false },
)
export type DailyQuery = Static<typeof DailyQuery>

const Cursor = Type.Optional(
  Type.String({ minLength: 1, maxLength: 500, description: '`next` of the page before.' }),
)

export const ReportsQuery = Type.Object(
  {
    ...filterProperties,
    stage: Type.Optional(OneOf(STAGE_NAMES)),
    synthetic: Type.Optional(Type.Boolean()),
    confidentiality: Type.Optional(OneOf(CONFIDENTIALITIES)),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: REPORTS_MAX, default: REPORTS_DEFAULT })),
    cursor: Cursor,
  },
  { additionalProperties: false },
)
export type ReportsQuery = Static<typeof ReportsQuery>

/** A history has two events at least for each revision that is enriched. */
const HISTORY_MAX = 500
export const HISTORY_DEFAULT = 100

export const HistoryQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: HISTORY_MAX, default: HISTORY_DEFAULT })),
    cursor: Cursor,
  },
  { additionalProperties: false },
)
export type HistoryQuery = Static<typeof HistoryQuery>

/** The filter that a query means: `regions` is the day's own map when nothing is said. */
export const filterOf = (query: DailyQuery | ReportsQuery): ReportFilter => {
  const {
    format: _format,
    limit: _limit,
    cursor: _cursor,
    region,
    regions,
    ...rest
  } = {
    format: undefined,
    limit: undefined,
    cursor: undefined,
    ...query,
  }
  return {
    ...rest,
    ...(region === undefined ? {} : { region: regionOf(region) }),
    regions: regions ?? 'then',
  }
}
