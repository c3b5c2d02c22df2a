import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { Text } from './formats.ts'
import { REVISION_MAX, reportSchemas } from './report/report.ts'

/** `POST /v1/reports` takes one report, an array of up to 500, or NDJSON of up to 5,000 lines; a body of up to 2 MiB. */
export const ARRAY_REPORTS_MAX = 500
export const NDJSON_REPORTS_MAX = 5000
export const BODY_BYTES_MAX = 2_097_152
/** One report, as JSON. An event carries it once, so it stays well below a message's bound. */
export const REPORT_BYTES_MAX = 262_144

/** A report of any kind whose revision is bounded further. */
const reportOfRevision = <Revision extends TSchema>(title: string, revision: Revision) =>
  Type.Union(
    Object.values(reportSchemas).map((schema) =>
      Type.Object(
        { ...schema.properties, revision },
        { additionalProperties: false, title: schema.title ?? '' },
      ),
    ),
    { title },
  )

/** Revision 1 is `POST`'s alone. */
export const FirstRevision = Type.Literal(1)
export const LaterRevision = Type.Integer({ minimum: 2, maximum: REVISION_MAX })

/** `POST`: revision 1, which need not be said. */
export const SubmitReport = reportOfRevision('SubmitReport', Type.Optional(FirstRevision))

/** `PUT`: a later revision, whole. */
export const AmendReport = reportOfRevision('AmendReport', LaterRevision)

/** `DELETE`: a revision of its own, with the reason. */
export const RetractReport = Type.Object(
  { revision: LaterRevision, reason: Text(2000) },
  { additionalProperties: false, title: 'RetractReport' },
)
export type RetractReport = Static<typeof RetractReport>
