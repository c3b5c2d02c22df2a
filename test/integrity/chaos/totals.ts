import type { ClickHouse } from '@baqylau/clickhouse'
import type { LogAdmin } from '@baqylau/kafka'
import type { Comparison } from './comparison.ts'
import type { Finding } from './judgement.ts'
import type { PoisonCounts } from './poison.ts'

export interface TotalsParts {
  readonly clickhouse: ClickHouse
  readonly admin: LogAdmin
  /** As the broker names them. */
  readonly topics: { readonly reports: string; readonly enrichments: string }
  readonly comparison: Comparison
  readonly poison: PoisonCounts
}

export interface Totals {
  readonly findings: readonly (Finding & { readonly count: number })[]
  readonly deadLetters: number
}

type Difference = Totals['findings'][number]

const numberOf = async (
  clickhouse: ClickHouse,
  sql: string,
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<number> => {
  const [row] = await clickhouse.query<Readonly<Record<string, string | number>>>(sql, parameters)
  return Number(Object.values(row ?? {})[0])
}

/** More than there should be is counted twice, less is lost. */
const differ = (what: string, is: number, shouldBe: number): readonly Difference[] =>
  is === shouldBe
    ? []
    : [
        {
          kind: is > shouldBe ? 'doubled' : 'lost',
          count: Math.abs(is - shouldBe),
          what: `${what}: ${is} instead of ${shouldBe}`,
        },
      ]

const compareViews = async ({ clickhouse, comparison }: TotalsParts): Promise<readonly Difference[]> => {
  const { standing } = comparison
  const [reports, current, incidents, daily] = await Promise.all([
    numberOf(clickhouse, 'SELECT count() FROM baqylau.reports'),
    numberOf(clickhouse, 'SELECT count() FROM baqylau.current_reports'),
    numberOf(clickhouse, 'SELECT sum(reports) FROM baqylau.incidents'),
    numberOf(clickhouse, 'SELECT sum(reports) FROM baqylau.akimat_daily'),
  ])
  return [
    ...differ('rows of reports', reports, standing),
    ...differ('rows of current_reports', current, standing),
    ...differ('reports of incidents', incidents, standing),
    ...differ('reports of akimat_daily', daily, standing),
  ]
}

const compareAkimats = async ({ clickhouse, comparison }: TotalsParts): Promise<readonly Difference[]> => {
  const rows = await clickhouse.query<{ region_code: string; reports: string }>(
    'SELECT region_code, sum(reports) AS reports FROM baqylau.akimat_daily GROUP BY region_code',
  )
  const byRegion = new Map(rows.map((row) => [row.region_code, Number(row.reports)]))
  const regions = new Set([...byRegion.keys(), ...comparison.standingByRegion.keys()])
  return [...regions].flatMap((region): readonly Difference[] => {
    const is = byRegion.get(region) ?? 0
    const shouldBe = comparison.standingByRegion.get(region) ?? 0
    return is === shouldBe
      ? []
      : [
          {
            kind: 'differing',
            count: Math.abs(is - shouldBe),
            what: `akimat ${JSON.stringify(region)}: ${is} instead of ${shouldBe}`,
          },
        ]
  })
}

/** Every position of the log has landed, or is a dead letter: never both, never neither. */
const comparePositions = async (
  { clickhouse, admin }: TotalsParts,
  topic: string,
): Promise<{ readonly differences: readonly Difference[]; readonly dead: number }> => {
  const records = (await admin.recordCounts([topic])).get(topic) ?? 0
  const landed = await numberOf(
    clickhouse,
    'SELECT count() FROM baqylau.report_events WHERE topic = {topic:String}',
    { topic },
  )
  const dead = await numberOf(
    clickhouse,
    'SELECT uniqExact(partition, offset) FROM baqylau.dead_letters WHERE topic = {topic:String}',
    { topic },
  )
  return { dead, differences: differ(`positions of ${topic} that landed or died`, landed + dead, records) }
}

const comparePoison = (dead: number, { acknowledged, sent }: PoisonCounts): readonly Difference[] => {
  if (dead < acknowledged) return differ('dead letters', dead, acknowledged)
  return dead > sent ? differ('dead letters', dead, sent) : []
}

/** Compares the counts: every view's, by akimat, and of the log's positions. */
export const compareTotals = async (parts: TotalsParts): Promise<Totals> => {
  const reports = await comparePositions(parts, parts.topics.reports)
  const enrichments = await comparePositions(parts, parts.topics.enrichments)
  return {
    deadLetters: reports.dead + enrichments.dead,
    findings: [
      ...(await compareViews(parts)),
      ...(await compareAkimats(parts)),
      ...reports.differences,
      ...enrichments.differences,
      ...comparePoison(reports.dead, parts.poison),
      ...differ('dead letters of enrichments', enrichments.dead, 0),
    ],
  }
}
