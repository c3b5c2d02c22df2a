import { addCounts, type AkimatDailyRow, akimatDailyRowsOf, NO_COUNTS } from '@baqylau/contracts'
import type { Spill } from '../adapters/spill.ts'
import type { VerifiedViews } from '../adapters/verified-views.ts'
import type { Difference } from '../domain/verification/difference.ts'
import type { ReportBucket } from '../domain/verification/report-comparison.ts'

const PAGE_ROWS = 50_000

interface DailyLine {
  readonly isView: boolean
  readonly row: AkimatDailyRow
}

const nameOf = ({
  region_code: then,
  region_code_today: today,
  day,
  kind,
  precision,
}: AkimatDailyRow): string => JSON.stringify([then, today, day, kind, precision])

const countsOf = (row: AkimatDailyRow) => ({
  reports: Number(row.reports),
  incidents: Number(row.incidents),
  people_detained: Number(row.people_detained),
  copies_seized: Number(row.copies_seized),
  denials: Number(row.denials),
})

type Counts = ReturnType<typeof countsOf>
const COLUMNS = Object.keys(NO_COUNTS) as readonly (keyof Counts)[]

interface Cell {
  readonly row: AkimatDailyRow
  log: Counts
  view: Counts
}

const compareCell = ({ row, log, view }: Cell): Difference | undefined => {
  const columns = COLUMNS.filter((column) => log[column] !== view[column])
  if (columns.length === 0) return undefined
  return { kind: 'akimat_day_differs', regionCode: row.region_code, day: row.day, columns }
}

export interface DailyComparison {
  /** Adds what the log says of the reports of a bucket. */
  readonly add: (bucket: ReportBucket) => void
  /** Asks ClickHouse, hands over which akimats' days are not alike, and tells how many there are. */
  readonly compare: (views: VerifiedViews, keep: (difference: Difference) => void) => Promise<number>
}

/** Sums per akimat, day, kind and precision, in files as well: reports may be of any day at all. */
export const openDailyComparison = (spill: Spill): DailyComparison => {
  let lines = 0
  const append = (line: DailyLine): void => {
    spill.append(nameOf(line.row), JSON.stringify(line))
    lines += 1
  }
  const compareBucket = async (bucket: number): Promise<readonly Cell[]> => {
    const cells = new Map<string, Cell>()
    await spill.read(bucket, (line) => {
      const { isView, row } = JSON.parse(line) as DailyLine
      const cell = cells.get(nameOf(row)) ?? { row, log: NO_COUNTS, view: NO_COUNTS }
      if (isView) cell.view = addCounts(cell.view, countsOf(row))
      else cell.log = addCounts(cell.log, countsOf(row))
      cells.set(nameOf(row), cell)
    })
    return [...cells.values()]
  }
  return {
    add: (bucket) => {
      for (const row of akimatDailyRowsOf(bucket.shown(), bucket.incidents())) append({ isView: false, row })
    },
    compare: async (views, keep) => {
      await views.readDaily(Math.ceil(lines / PAGE_ROWS) || 1, (row) => append({ isView: true, row }))
      let cells = 0
      for (let bucket = 0; bucket < spill.buckets; bucket += 1) {
        const all = await compareBucket(bucket)
        cells += all.length
        for (const cell of all) {
          const difference = compareCell(cell)
          if (difference !== undefined) keep(difference)
        }
      }
      return cells
    },
  }
}
