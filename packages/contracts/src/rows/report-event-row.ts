import type { ReportEvent } from '../events/report-events.ts'
import { standingOf } from '../fold.ts'
import type { ReportEventRow } from '../rows.ts'
import { instantText } from './column-values.ts'
import { STAGE_WORDS } from './report-row.ts'

/** A row of `report_events`, but for the moment at which it was landed, which no event tells. */
export type LandedEventRow = Omit<ReportEventRow, 'landed_at'>

export interface LogPosition {
  readonly topic: string
  readonly partition: number
  readonly offset: string
}

/** The row of the view `report_events` that an event must have there, as JSONEachRow shows it. */
export const reportEventRowOf = (
  { topic, partition, offset }: LogPosition,
  event: ReportEvent,
): LandedEventRow => {
  const { version, stage, retracted, enrichmentVersion } = standingOf(event)
  return {
    topic,
    partition,
    offset,
    event_id: event.id.toLowerCase(),
    type: event.type,
    time: instantText(Date.parse(event.time)),
    report_id: event.subject.toLowerCase(),
    author: event.author,
    revision: event.revision,
    content_hash: event.contenthash,
    receipt_hash: event.receipthash,
    key_id: event.keyid ?? '',
    stage: STAGE_WORDS[stage],
    retracted,
    enrichment_version: enrichmentVersion,
    version: String(version),
  }
}
