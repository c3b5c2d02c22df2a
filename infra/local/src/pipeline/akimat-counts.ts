import type { ClickHouse } from '@baqylau/clickhouse'
import { KINDS, type Kind } from '@baqylau/contracts'

const READING_LANGUAGES = ['kk', 'ru', 'en'] as const
export type ReadingLanguage = (typeof READING_LANGUAGES)[number]

/** The language of the reader, from `LANG` (ru_RU.UTF-8): Kazakh, Russian, or else English. */
export function readingLanguage(lang: string | undefined): ReadingLanguage {
  return READING_LANGUAGES.find((language) => (lang ?? '').toLowerCase().startsWith(language)) ?? 'en'
}

/** One akimat and its reports by kind. `regionCode` is '' for what could not be placed. */
export interface AkimatCounts {
  readonly regionCode: string
  readonly name: string
  readonly reports: number
  readonly byKind: Readonly<Record<Kind, number>>
}

export interface Totals {
  readonly landed: number
  readonly enriched: number
  readonly unresolved: number
  readonly deadLetters: number
}

interface CountRow {
  readonly region_code: string
  readonly name: string
  readonly kinds: readonly string[]
}

/** The reports of each akimat, as it was on the day, by kind: the most first, what could not be placed last. */
export async function countByAkimat(
  clickhouse: ClickHouse,
  language: ReadingLanguage,
): Promise<readonly AkimatCounts[]> {
  const rows = await clickhouse.query<CountRow>(
    `SELECT region_code, any(akimat_${language}) AS name, groupArray(toString(kind)) AS kinds
     FROM baqylau.current_reports GROUP BY region_code
     ORDER BY region_code = '', count() DESC, region_code`,
  )
  return rows.map(({ region_code: regionCode, name, kinds }) => {
    const counted = KINDS.map((kind) => [kind, kinds.filter((one) => one === kind).length] as const)
    return {
      regionCode,
      name,
      reports: kinds.length,
      byKind: Object.fromEntries(counted) as Record<Kind, number>,
    }
  })
}

export async function readTotals(clickhouse: ClickHouse): Promise<Totals> {
  const [row] = await clickhouse.query<Record<keyof Totals, string>>(
    `SELECT count() AS landed, countIf(stage = 'enriched') AS enriched,
       countIf(stage = 'enriched' AND region_code = '') AS unresolved,
       (SELECT count() FROM baqylau.dead_letters) AS deadLetters
     FROM baqylau.current_reports`,
  )
  return {
    landed: Number(row?.landed),
    enriched: Number(row?.enriched),
    unresolved: Number(row?.unresolved),
    deadLetters: Number(row?.deadLetters),
  }
}
