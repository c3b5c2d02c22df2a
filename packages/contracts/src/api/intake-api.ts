import { type Static, Type } from '@sinclair/typebox'
import { Problem } from './problem.ts'

const acceptedProperties = {
  reportId: Type.String({ format: 'uuid' }),
  revision: Type.Integer(),
  eventId: Type.String({ format: 'uuid' }),
  /** 20 characters of Crockford's base 32 in groups of five: 0DQ7M-… */
  receipt: Type.String(),
} as const

/** 202: the broker has it. */
export const ReportAccepted = Type.Object(acceptedProperties, { title: 'ReportAccepted' })
export type ReportAccepted = Static<typeof ReportAccepted>

const ItemAccepted = Type.Object({ index: Type.Integer(), status: Type.Literal(202), ...acceptedProperties })
const ItemRefused = Type.Object({ index: Type.Integer(), status: Type.Integer(), problem: Problem })

/** 207: one result per report, in the order of the reports. */
export const ReportsAnswer = Type.Object(
  { results: Type.Array(Type.Union([ItemAccepted, ItemRefused])) },
  { title: 'ReportsAnswer' },
)
export type ReportsAnswer = Static<typeof ReportsAnswer>
