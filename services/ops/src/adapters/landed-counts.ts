import type { ClickHouse } from '@baqylau/clickhouse'
import { VIEWS } from '@baqylau/contracts'

export interface Unprocessed {
  readonly reports: number
  /** When the oldest was received, and how long ago; null when there is none. */
  readonly oldest: { readonly receivedAt: string; readonly ageSeconds: number } | null
}

export interface LandedCounts {
  readonly rows: Readonly<Record<string, number>>
  readonly unprocessed: Unprocessed
}

/** Contents that landed without any enrichment of them, failed ones included. Retractions need none. */
const UNPROCESSED = `
  SELECT count() AS reports, toString(min(received)) AS oldest, dateDiff('second', min(received), now64(3, 'UTC')) AS age
  FROM (
    SELECT min(time) AS received
    FROM baqylau.report_events
    WHERE NOT retracted
    GROUP BY report_id, author, revision, content_hash
    HAVING max(stage != 'submitted') = 0
  )`

const countRows = async (clickhouse: ClickHouse, view: string): Promise<readonly [string, number]> => {
  const [row] = await clickhouse.query<{ n: string }>(`SELECT count() AS n FROM baqylau.${view}`)
  return [view, Number(row?.n)]
}

const findUnprocessed = async (clickhouse: ClickHouse): Promise<Unprocessed> => {
  const [row] = await clickhouse.query<{ reports: string; oldest: string; age: string }>(UNPROCESSED)
  const reports = Number(row?.reports ?? 0)
  return {
    reports,
    oldest:
      row === undefined || reports === 0
        ? null
        : { receivedAt: `${row.oldest.replace(' ', 'T')}Z`, ageSeconds: Number(row.age) },
  }
}

/** Rows of every view that analysts have, and what waits for its enrichment. @throws AppError of `@baqylau/clickhouse`. */
export const countLanded = async (clickhouse: ClickHouse): Promise<LandedCounts> => {
  const [rows, unprocessed] = await Promise.all([
    Promise.all(Object.keys(VIEWS).map((view) => countRows(clickhouse, view))),
    findUnprocessed(clickhouse),
  ])
  return { rows: Object.fromEntries(rows), unprocessed }
}
