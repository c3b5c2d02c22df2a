import {
  type AppError,
  checkReport,
  compile,
  contentHashOf,
  type Fault,
  faultsOf,
  type ReportAmended,
  reportAmended,
  type ReportRetracted,
  reportRetracted,
  RetractReport,
  REVISION_MAX,
} from '@baqylau/contracts'
import { type Acceptance, acceptAs, type Arrival, type IntakeKeys } from './acceptance.ts'
import { refusalOf } from './refusal.ts'

/** A later revision of a report: the body, and the id in the address, in lower case. */
export interface LaterRevision {
  readonly reportId: string
  readonly body: unknown
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const REVISION_ASKED = `from 2 to ${REVISION_MAX}: revision 1 is what POST makes`

/** What a report in itself may say, and a later revision at this address may not. */
const faultsOfPlace = ({ reportId, body }: LaterRevision): readonly Fault[] => {
  if (!isObject(body)) return []
  const { revision, reportId: said } = body
  const faults: Fault[] = []
  if (revision === undefined) faults.push({ path: '/revision', message: `is missing: ${REVISION_ASKED}` })
  if (revision === 1) faults.push({ path: '/revision', message: `must be ${REVISION_ASKED}` })
  if (typeof said === 'string' && said.toLowerCase() !== reportId)
    faults.push({ path: '/reportId', message: 'must be the one in the address, or absent' })
  return faults
}

/** Decides about the body of a PUT: an amendment, which is a whole report, or why it is none. Looks at no history. */
export const decideAmendment = (
  { reportId, body }: LaterRevision,
  arrival: Arrival,
  keys: IntakeKeys,
): Acceptance<ReportAmended> | AppError => {
  const check = checkReport(body, arrival.receivedAt)
  const faults = [...faultsOfPlace({ reportId, body }), ...(check.ok ? [] : check.faults)]
  if (!check.ok || faults.length > 0) return refusalOf('invalid_report', faults)
  const { report } = check
  const { revision = 0 } = report
  const contentHash = contentHashOf(report, keys.contentHash)
  return acceptAs(
    (parts) => reportAmended({ ...parts, report, revision }),
    { reportId, contentHash },
    arrival,
    keys,
  )
}

const retraction = compile(RetractReport)

/** Decides about the body of a DELETE: a retraction, or why it is none. It may come before the report that it is of. */
export const decideRetraction = (
  { reportId, body }: LaterRevision,
  arrival: Arrival,
  keys: IntakeKeys,
): Acceptance<ReportRetracted> | AppError => {
  if (!retraction.Check(body)) return refusalOf('invalid_retraction', faultsOf(retraction, body))
  const contentHash = contentHashOf(body, keys.contentHash)
  return acceptAs(
    (parts) => reportRetracted({ ...parts, retraction: body }),
    { reportId, contentHash },
    arrival,
    keys,
  )
}
