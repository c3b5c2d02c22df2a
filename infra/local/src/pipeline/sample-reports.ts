import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ClickHouse } from '@baqylau/clickhouse'
import type { ReportsAnswer } from '@baqylau/contracts'
import { waitUntil } from '../wait-until.ts'
import { REPOSITORY } from './services.ts'

const FILE = join(REPOSITORY, 'test', 'fixtures', 'autumn-2005.ndjson')
const QUERYABLE_MS_MAX = 60_000

export interface Submission {
  readonly submitted: number
  readonly accepted: number
  readonly reportIds: readonly string[]
}

/** Sends the sample reports to intake, as NDJSON over HTTP. @throws Error with intake's problem. */
export async function submitSamples(intakeUrl: string, key: string): Promise<Submission> {
  const body = readFileSync(FILE, 'utf8').trim()
  const response = await fetch(`${intakeUrl}/v1/reports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
    body,
  })
  if (response.status !== 207) throw new Error(`intake answered ${response.status}: ${await response.text()}`)
  const { results } = (await response.json()) as ReportsAnswer
  const accepted = results.filter((result) => 'reportId' in result)
  return {
    submitted: body.split('\n').length,
    accepted: accepted.length,
    reportIds: accepted.map(({ reportId }) => reportId),
  }
}

/** Waits until every report is enriched (or its enrichment has failed) in `current_reports`. False when it takes too long. */
export function waitUntilQueryable(clickhouse: ClickHouse, reportIds: readonly string[]): Promise<boolean> {
  return waitUntil(
    async () => {
      const [row] = await clickhouse.query<{ finished: string }>(
        `SELECT count() AS finished FROM baqylau.current_reports
         WHERE report_id IN {ids:Array(UUID)} AND stage != 'submitted'`,
        { ids: reportIds },
      )
      return Number(row?.finished) >= reportIds.length
    },
    { withinMs: QUERYABLE_MS_MAX },
  )
}
