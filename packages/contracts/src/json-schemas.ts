import type { TSchema } from '@sinclair/typebox'
import { AkimatsDailyAnswer, ReceiptAnswer, ReportsPage } from './api/atlas-api.ts'
import { ReportAccepted, ReportsAnswer } from './api/intake-api.ts'
import { Problem } from './api/problem.ts'
import { ReportHistory } from './api/report-history.ts'
import { AmendReport, RetractReport, SubmitReport } from './commands.ts'
import { EventDeadLettered } from './events/dead-letter.ts'
import { ReportAmended, ReportEnriched, ReportRetracted, ReportSubmitted } from './events/report-events.ts'
import { reportSchemas } from './report/report.ts'
import { VIEWS } from './rows.ts'

const DIALECT = 'https://json-schema.org/draft/2020-12/schema'

const groups: Readonly<Record<string, Readonly<Record<string, TSchema>>>> = {
  commands: { SubmitReport, AmendReport, RetractReport },
  reports: reportSchemas,
  events: { ReportSubmitted, ReportAmended, ReportRetracted, ReportEnriched, EventDeadLettered },
  answers: {
    ReportAccepted,
    ReportsAnswer,
    Problem,
    AkimatsDailyAnswer,
    ReportsPage,
    ReportHistory,
    ReceiptAnswer,
  },
  rows: VIEWS,
}

const asJson = (schema: TSchema): unknown => ({
  $schema: DIALECT,
  ...(JSON.parse(JSON.stringify(schema)) as object),
})

/** Every schema as plain JSON Schema, by group (commands, reports, events, answers, rows) and name. */
export const jsonSchemas = (): Readonly<Record<string, Readonly<Record<string, unknown>>>> =>
  Object.fromEntries(
    Object.entries(groups).map(([group, schemas]) => [
      group,
      Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, asJson(schema)])),
    ]),
  )
