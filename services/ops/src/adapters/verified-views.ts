import type { ClickHouse } from '@baqylau/clickhouse'
import type { AkimatDailyRow, LogPosition, ReportRow } from '@baqylau/contracts'
import type { AkimatRow } from '../domain/akimat-rows.ts'
import {
  currentDigest,
  eventDigest,
  incidentDigest,
  letterDigest,
  reportDigest,
} from '../domain/verification/digests.ts'
import { BLOCK_BITS, type EventBlock } from '../domain/verification/event-blocks.ts'
import type { LetterLine } from '../domain/verification/letter-comparison.ts'
import { positionName } from '../domain/log-position.ts'
import { type UuidRange, uuidRanges } from '../domain/verification/uuid-ranges.ts'
import type { ViewLine } from '../domain/verification/view-line.ts'

/** Rows of one answer: some 150 bytes each, all of them in memory at once. */
const PAGE_ROWS_MAX = 10_000
/** Ids are sent in the address of the request, which is bounded. */
const IDS_MAX = 100

/** Up to where the log of a partition is compared: less than `high`. */
export interface PartitionEnd {
  readonly topic: string
  readonly partition: number
  readonly high: bigint
}

/** The views as they are compared with the log: digests and keys, and no contents. */
export interface VerifiedViews {
  /** Everything about all reports. */
  readonly readReports: (onLine: (line: ViewLine) => void, signal: AbortSignal) => Promise<void>
  /** Everything about these. */
  readonly readReportsOf: (ids: readonly string[], onLine: (line: ViewLine) => void) => Promise<void>
  /** `pages` answers, so that none is too large. */
  readonly readDaily: (pages: number, onRow: (row: AkimatDailyRow) => void) => Promise<void>
  readonly eventBlocks: (ends: readonly PartitionEnd[]) => Promise<readonly EventBlock[]>
  /** The digests of the rows of a block, by offset: of one position there should be one. */
  readonly eventsIn: (
    block: Pick<EventBlock, 'topic' | 'partition' | 'block'>,
  ) => Promise<ReadonlyMap<string, readonly string[]>>
  /** Rows of partitions that the log does not have. */
  readonly strayEvents: (ends: readonly PartitionEnd[]) => Promise<number>
  /** The last position of each partition of which there is a row. */
  readonly lastEvents: () => Promise<readonly LogPosition[]>
  /** How many rows there are from this offset on. */
  readonly eventsFrom: (topic: string, partition: number, low: bigint) => Promise<number>
  /** The names of those of the positions of which there is a row. */
  readonly rowsAt: (positions: readonly LogPosition[]) => Promise<ReadonlySet<string>>
  readonly readLetters: (pages: number, onLine: (line: LetterLine) => void) => Promise<void>
  readonly akimatRows: () => Promise<readonly AkimatRow[]>
  readonly reportRow: (id: string, author: string) => Promise<ReportRow | undefined>
}

const RANGE = '{from:UUID} AND {to:UUID}'
const REPORTS = `SELECT 'reports' AS view, report_id AS id, author, ${reportDigest.sql} AS digest,
  toUnixTimestamp64Milli(received_at) AS received, region_code AS region, day FROM baqylau.reports`
const INCIDENTS = `SELECT 'incidents' AS view, incident_id AS id, ${incidentDigest.sql} AS digest FROM baqylau.incidents`
const CURRENT = `SELECT 'current_reports' AS view, report_id AS id, author, ${currentDigest.sql} AS digest,
  toUnixTimestamp64Milli(received_at) AS received FROM baqylau.current_reports`
const LINKS = `SELECT 'report_links' AS view, report_id AS id, author, incident_id AS incident, version FROM baqylau.report_links`
const FLAGGED = (['reports', 'current_reports'] as const).flatMap((table) =>
  ['contested', 'conflicting'].map(
    (flag) =>
      `SELECT '${table === 'reports' ? '' : 'current_'}${flag}' AS view, report_id AS id, author FROM baqylau.${table} WHERE ${flag}`,
  ),
)

type Parameters = Readonly<Record<string, unknown>>
type Raw<Line> = Line extends { readonly received: number }
  ? Omit<Line, 'received'> & { readonly received: string }
  : Line
type RawLine = Raw<ViewLine>

/** An Int64 is shown as a string. */
const asLine = (row: RawLine): ViewLine =>
  row.view === 'reports' || row.view === 'current_reports' ? { ...row, received: Number(row.received) } : row

const placesOf = (ends: readonly PartitionEnd[]) => ({
  places: ends.map(({ topic, partition }) => `${topic}/${partition}`),
  highs: ends.map(({ high }) => String(high)),
})
const PLACE = "concat(topic, '/', toString(partition))"
const SUM = `sum(reinterpretAsUInt64(reverse(unhex(substring(${eventDigest.sql}, 1, 16)))))`

interface BlockRow extends Omit<EventBlock, 'sum' | 'rows'> {
  readonly rows: string
  readonly sum: string
}

const readReports = (clickhouse: ClickHouse): VerifiedViews['readReports'] => {
  const countIn = async ({ from, to }: UuidRange): Promise<number> => {
    const [row] = await clickhouse.query<{ n: string }>(
      `SELECT count() AS n FROM baqylau.report_received_store WHERE report_id BETWEEN ${RANGE}`,
      { from, to },
    )
    return Number(row?.n)
  }
  return async (onLine, signal) => {
    const hand = async (sql: string, parameters: Parameters): Promise<void> => {
      signal.throwIfAborted()
      for (const row of await clickhouse.query<RawLine>(sql, parameters)) onLine(asLine(row))
    }
    let pages = 0
    for await (const { from, to } of uuidRanges(countIn, PAGE_ROWS_MAX)) {
      await hand(`${REPORTS} WHERE report_id BETWEEN ${RANGE}`, { from, to })
      await hand(`${INCIDENTS} WHERE incident_id BETWEEN ${RANGE}`, { from, to })
      await hand(`${CURRENT} WHERE report_id BETWEEN ${RANGE}`, { from, to })
      await hand(`${LINKS} WHERE report_id BETWEEN ${RANGE}`, { from, to })
      pages += 1
    }
    // Each of these looks at every report. They are few that are flagged; in as many parts as would hold them all.
    const parts = Math.ceil(pages / 100)
    for (let part = 0; part < parts; part += 1) {
      for (const flagged of FLAGGED)
        await hand(`${flagged} AND cityHash64(report_id) % {parts:UInt32} = {part:UInt32}`, {
          parts,
          part,
        })
    }
  }
}

const readReportsOf =
  (clickhouse: ClickHouse): VerifiedViews['readReportsOf'] =>
  async (ids, onLine) => {
    for (let at = 0; at < ids.length; at += IDS_MAX) {
      const parameters = { ids: ids.slice(at, at + IDS_MAX) }
      const wanted = '{ids:Array(UUID)}'
      const queries = [
        `${REPORTS} WHERE report_id IN ${wanted}`,
        `${INCIDENTS} WHERE incident_id IN ${wanted}`,
        `${CURRENT} WHERE report_id IN ${wanted}`,
        `${LINKS} WHERE report_id IN ${wanted}`,
        ...FLAGGED.map((flagged) => `${flagged} AND report_id IN ${wanted}`),
      ]
      for (const sql of queries)
        for (const row of await clickhouse.query<RawLine>(sql, parameters)) onLine(asLine(row))
    }
  }

type Offsets = readonly [topic: string, partition: number, offsets: readonly string[]]

/** Offsets are sent in the address as well, so many at once. */
const offsetsByPlace = (positions: readonly LogPosition[]): readonly Offsets[] =>
  [...Map.groupBy(positions, ({ topic, partition }) => `${topic}/${partition}`).values()].flatMap((all) =>
    Array.from({ length: Math.ceil(all.length / IDS_MAX) }, (_, page): readonly Offsets[] => {
      const some = all.slice(page * IDS_MAX, (page + 1) * IDS_MAX)
      return some
        .slice(0, 1)
        .map(({ topic, partition }) => [topic, partition, some.map(({ offset }) => String(BigInt(offset)))])
    }).flat(),
  )

const eventQueries = (
  clickhouse: ClickHouse,
): Pick<
  VerifiedViews,
  'eventBlocks' | 'eventsIn' | 'strayEvents' | 'lastEvents' | 'eventsFrom' | 'rowsAt'
> => ({
  eventBlocks: async (ends) => {
    const rows = await clickhouse.query<BlockRow>(
      `SELECT topic, partition, toUInt32(bitShiftRight(offset, ${BLOCK_BITS})) AS block, count() AS rows, ${SUM} AS sum
       FROM baqylau.report_events
       WHERE offset < toUInt64OrZero(arrayElement({highs:Array(String)}, indexOf({places:Array(String)}, ${PLACE})))
       GROUP BY topic, partition, block`,
      placesOf(ends),
    )
    return rows.map(({ topic, partition, block, rows: count, sum }) => ({
      topic,
      partition,
      block,
      rows: Number(count),
      sum: BigInt(sum),
    }))
  },
  eventsIn: async ({ topic, partition, block }) => {
    const rows = await clickhouse.query<{ offset: string; digest: string }>(
      `SELECT offset, ${eventDigest.sql} AS digest FROM baqylau.report_events
       WHERE topic = {topic:String} AND partition = {partition:UInt32}
         AND bitShiftRight(offset, ${BLOCK_BITS}) = {block:UInt64}`,
      { topic, partition, block },
    )
    const digests = new Map<string, string[]>()
    for (const { offset, digest } of rows) digests.set(offset, [...(digests.get(offset) ?? []), digest])
    return digests
  },
  strayEvents: async (ends) => {
    const [row] = await clickhouse.query<{ n: string }>(
      `SELECT count() AS n FROM baqylau.report_events WHERE NOT has({places:Array(String)}, ${PLACE})`,
      { places: placesOf(ends).places },
    )
    return Number(row?.n)
  },
  lastEvents: () =>
    clickhouse.query<LogPosition>(
      'SELECT topic, partition, max(events.offset) AS offset FROM baqylau.report_events AS events GROUP BY topic, partition',
    ),
  eventsFrom: async (topic, partition, low) => {
    const [row] = await clickhouse.query<{ n: string }>(
      `SELECT count() AS n FROM baqylau.report_events
       WHERE topic = {topic:String} AND partition = {partition:UInt32} AND offset >= {low:UInt64}`,
      { topic, partition, low: String(low) },
    )
    return Number(row?.n)
  },
  rowsAt: async (positions) => {
    const names = new Set<string>()
    for (const [topic, partition, offsets] of offsetsByPlace(positions)) {
      const rows = await clickhouse.query<{ offset: string }>(
        `SELECT offset FROM baqylau.report_events WHERE topic = {topic:String} AND partition = {partition:UInt32}
           AND offset IN (SELECT toUInt64(arrayJoin({offsets:Array(String)})))`,
        { topic, partition, offsets },
      )
      for (const { offset } of rows) names.add(positionName({ topic, partition, offset }))
    }
    return names
  },
})

export const openVerifiedViews = (clickhouse: ClickHouse): VerifiedViews => ({
  readReports: readReports(clickhouse),
  readReportsOf: readReportsOf(clickhouse),
  readDaily: async (pages, onRow) => {
    for (let page = 0; page < pages; page += 1) {
      const rows = await clickhouse.query<AkimatDailyRow>(
        `SELECT * FROM baqylau.akimat_daily
         WHERE cityHash64(region_code, region_code_today, day, kind, precision) % {pages:UInt32} = {page:UInt32}`,
        { pages, page },
      )
      for (const row of rows) onRow(row)
    }
  },
  ...eventQueries(clickhouse),
  readLetters: async (pages, onLine) => {
    for (let page = 0; page < pages; page += 1) {
      const rows = await clickhouse.query<Extract<LetterLine, { said: 'row' }>>(
        `SELECT 'row' AS said, step, topic, partition, offset, reason, detail, ${letterDigest.sql} AS digest, replayed
         FROM baqylau.dead_letters
         WHERE cityHash64(step, topic, partition, offset) % {pages:UInt32} = {page:UInt32}`,
        { pages, page },
      )
      for (const row of rows) onLine(row)
    }
  },
  akimatRows: () =>
    clickhouse.query<AkimatRow>(
      'SELECT code, valid_from, valid_to, name_kk, name_ru, name_en FROM baqylau.akimats',
    ),
  reportRow: async (id, author) => {
    const [row] = await clickhouse.query<ReportRow>(
      'SELECT * FROM baqylau.reports WHERE report_id = {id:UUID} AND author = {author:String}',
      { id, author },
    )
    return row
  },
})
