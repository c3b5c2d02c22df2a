import type { Enrichment } from '../events/enrichment.ts'
import { reportEnriched } from '../events/make-events.ts'
import type {
  ReportAmended,
  ReportEnriched,
  ReportRetracted,
  ReportStated,
  ReportSubmitted,
} from '../events/report-events.ts'
import { reportAmended, reportRetracted, reportSubmitted } from '../events/sender-events.ts'
import type { ReportOf } from '../report/report.ts'

export const REPORT_ID = '0190b4c0-7a11-7c3e-9d55-0242ac120002'
export const AUTHOR = 'reporter-7'
export const CONTENT_HASH = '051ccf32acdc1eb011294df47b4cca50f01ec49dee46bf61d947ce46ef9082fa'

/** The seizure of 19 October 2005, with every personal part filled. */
export const seizure = {
  kind: 'press_seizure',
  occurred: { from: '2005-10-19', precision: 'day' },
  place: { text: 'Алматы', lat: 43.25, lon: 76.95 },
  narrative: 'Видел, как пачки перегружали в другую машину.',
  reporter: 'R-107',
  confidentiality: 'restricted',
  evidence: [{ sha256: 'a'.repeat(64), sizeBytes: 48_213, mediaType: 'image/jpeg' }],
  details: { outlet: 'Свобода слова', copiesSeized: 50_000 },
} as const satisfies ReportOf<'press_seizure'>

const sent = {
  reportId: REPORT_ID,
  author: AUTHOR,
  keyId: 'key-7',
  contentHash: CONTENT_HASH,
  receiptHash: 'b'.repeat(64),
  receivedAt: new Date('2005-10-19T08:05:00Z'),
}
const report = { ...seizure, evidence: [...seizure.evidence] }

export const submitted: ReportSubmitted = reportSubmitted({ ...sent, report })

export const amended: ReportAmended = reportAmended({ ...sent, report, revision: 2 })

export const retracted: ReportRetracted = reportRetracted({
  ...sent,
  retraction: { revision: 3, reason: 'sent by mistake' },
})

export const enrichment: Enrichment = {
  day: '2005-10-19',
  akimat: {
    regionCode: 'KZ-75',
    regionCodeToday: 'KZ-75',
    method: 'text_and_coordinates',
    confidence: 0.9,
    reason: null,
    candidates: [],
  },
  huridocs: ['100101'],
  odihrArea: 'media',
  lawInForce: ['Elections Law 2464 of 28 September 1995'],
  election: { id: 'kz-2005-president', daysToElection: 46, campaignBegun: false },
  narrativeLanguage: 'ru',
}

export const enrichedFrom = (stated: ReportStated, enrichmentVersion: number): ReportEnriched =>
  reportEnriched(stated, { enrichment, failure: null, narrativeRedacted: 'Видел пачки.' }, enrichmentVersion)

export const failedFrom = (stated: ReportStated, enrichmentVersion: number): ReportEnriched =>
  reportEnriched(
    stated,
    { enrichment: null, failure: { step: 'akimat', detail: 'it threw' }, narrativeRedacted: undefined },
    enrichmentVersion,
  )
