import type { RetractReport } from '../commands.ts'
import { eventIdOf } from '../identity.ts'
import { splitReport } from '../report/personal.ts'
import type { Report } from '../report/report.ts'
import {
  EVENT_TYPES,
  type ReportAmended,
  type ReportRetracted,
  type ReportStated,
  type ReportSubmitted,
} from './report-events.ts'

/** What every event has that a sender causes. */
export interface SenderParts {
  readonly reportId: string
  readonly author: string
  /** The id of the access key that it came with. It is neither in the event id nor in the content hash. */
  readonly keyId?: string
  readonly contentHash: string
  readonly receiptHash: string
  readonly receivedAt: Date
}

export interface SubmissionParts extends SenderParts {
  readonly report: Report
}

export interface AmendmentParts extends SubmissionParts {
  /** 2 to 65,535. */
  readonly revision: number
}

export interface RetractionParts extends SenderParts {
  readonly retraction: RetractReport
}

/** An event that a sender causes. */
export type SenderEvent = ReportStated | ReportRetracted

const envelopeOf = <Type extends Exclude<keyof typeof EVENT_TYPES, 'enriched'>>(
  name: Type,
  revision: number,
  { reportId, author, keyId, contentHash, receiptHash, receivedAt }: SenderParts,
) => {
  const type = EVENT_TYPES[name]
  return {
    specversion: '1.0',
    datacontenttype: 'application/json',
    id: eventIdOf({ type, reportId, author, revision, contentHash }),
    type,
    source: 'urn:baqylau:intake',
    time: receivedAt.toISOString(),
    subject: reportId,
    author,
    revision,
    contenthash: contentHash,
    receipthash: receiptHash,
    ...(keyId === undefined ? {} : { keyid: keyId }),
  } as const
}

const wholeReport = (report: Report): ReportStated['data'] => {
  const { open, personal } = splitReport(report)
  return { report: open, personal, sealing: 'none' }
}

/** Revision 1 of a report as an event. */
export const reportSubmitted = (parts: SubmissionParts): ReportSubmitted => ({
  ...envelopeOf('submitted', 1, parts),
  data: wholeReport(parts.report),
})

/** A later revision of a report as an event, whole. */
export const reportAmended = (parts: AmendmentParts): ReportAmended => ({
  ...envelopeOf('amended', parts.revision, parts),
  data: wholeReport(parts.report),
})

/** A retraction as an event. People write reasons: it is personal. */
export const reportRetracted = ({ retraction, ...parts }: RetractionParts): ReportRetracted => ({
  ...envelopeOf('retracted', retraction.revision, parts),
  data: { personal: { reason: retraction.reason }, sealing: 'none' },
})
