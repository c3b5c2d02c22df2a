import { type Static, Type } from '@sinclair/typebox'
import { OneOf } from '../formats.ts'
import { EVENT_TYPES } from '../events/report-events.ts'

/** How far an event brought its report. */
export const STAGE_NAMES = ['submitted', 'enrichment_failed', 'enriched'] as const

/** A UInt64 in decimal: more than a JSON number holds exactly. */
const Uint64 = Type.String({ pattern: '^[0-9]{1,20}$' })

/** One event of a report, as it was landed: where it is in the log, what it did, and which key sent it. No content. */
export const HistoryEvent = Type.Object(
  {
    topic: Type.String(),
    partition: Type.Integer({ minimum: 0 }),
    offset: Uint64,
    eventId: Type.String({ format: 'uuid' }),
    type: OneOf(Object.values(EVENT_TYPES)),
    /** When intake received what the event is of. */
    time: Type.String({ format: 'date-time' }),
    /** Tells authors of one report id apart. It is another for every report, and stands for nobody elsewhere. */
    authorMark: Uint64,
    revision: Type.Integer({ minimum: 1 }),
    stage: OneOf(STAGE_NAMES),
    /** This revision takes the report back. */
    retracted: Type.Boolean(),
    /** 0 for what is no enrichment. */
    enrichmentVersion: Type.Integer({ minimum: 0 }),
    /** The greatest of an author's is how the report stands. */
    version: Uint64,
    contentHash: Type.String(),
    /** Null for what no key sent: an enrichment, and events of before keys were noted. */
    keyId: Type.Union([Type.String(), Type.Null()]),
    landedAt: Type.String({ format: 'date-time' }),
  },
  { title: 'HistoryEvent' },
)
export type HistoryEvent = Static<typeof HistoryEvent>

/** `next` is the cursor of the next page, or null on the last one. */
export const ReportHistory = Type.Object(
  {
    reportId: Type.String({ format: 'uuid' }),
    events: Type.Array(HistoryEvent),
    next: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'ReportHistory' },
)
export type ReportHistory = Static<typeof ReportHistory>
