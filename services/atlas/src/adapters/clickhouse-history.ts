import type { ClickHouse } from '@baqylau/clickhouse'
import type { HistoryEvent, ReportEventRow } from '@baqylau/contracts'
import type { Static } from '@sinclair/typebox'
import type { ReportArchive } from '../ports.ts'
import { AUTHOR_MARK, isoInstant, said } from './clickhouse-report.ts'

interface HistoryRow extends Omit<
  Static<typeof ReportEventRow>,
  'author' | 'report_id' | 'receipt_hash' | 'type' | 'stage'
> {
  readonly author_mark: string
  readonly type: HistoryEvent['type']
  readonly stage: HistoryEvent['stage']
}

const COLUMNS = `topic, partition, offset, event_id, type, time, ${AUTHOR_MARK}, revision, stage, retracted, enrichment_version,
  version, content_hash, key_id, landed_at`

const historyEventOf = (row: HistoryRow): HistoryEvent => ({
  topic: row.topic,
  partition: row.partition,
  offset: row.offset,
  eventId: row.event_id,
  type: row.type,
  time: isoInstant(row.time),
  authorMark: row.author_mark,
  revision: row.revision,
  stage: row.stage,
  retracted: row.retracted,
  enrichmentVersion: row.enrichment_version,
  version: row.version,
  contentHash: row.content_hash,
  keyId: said(row.key_id),
  landedAt: isoInstant(row.landed_at),
})

const BEHIND = `AND (version, topic, partition, offset)
  > ({version:UInt64}, {topic:String}, {partition:UInt32}, {offset:UInt64})`

export const readHistory =
  (clickhouse: ClickHouse, settings: string): ReportArchive['history'] =>
  async (reportId, after, rowsMax) => {
    const rows = await clickhouse.query<HistoryRow>(
      `SELECT ${COLUMNS} FROM baqylau.report_events
       WHERE report_id = {reportId:UUID} ${after === undefined ? '' : BEHIND}
       ORDER BY version, topic, partition, offset
       LIMIT {rowsMax:UInt32} ${settings}`,
      { ...after, reportId, rowsMax },
    )
    return rows.map(historyEventOf)
  }
