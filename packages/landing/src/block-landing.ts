import { AppError } from '@baqylau/contracts'
import { bisect, REFUSED_MAX, type Refused } from './bisect.ts'
import type { ClickHouseLanding } from './clickhouse-landing.ts'
import type { LandingRow } from './landing-row.ts'

export interface BlockLandingParts {
  readonly landing: Omit<ClickHouseLanding, 'trouble'>
  /** Tries what fails for a reason that passes, until it passes. */
  readonly patiently: <Result>(attempt: () => Promise<Result>) => Promise<Result>
  /** Whether these are known to be refused, though nothing else may land to compare them with. */
  readonly areKnown?: (refused: readonly LandingRow[]) => Promise<boolean>
}

type RefusedRows = readonly Refused<LandingRow>[]
type Table = LandingRow['target']['table']

const isPoison = (error: unknown): boolean => error instanceof AppError && error.code === 'row_rejected'

const tablesDoNotFit = (refused: RefusedRows): AppError => {
  const why = refused[0]?.error instanceof Error ? refused[0].error.message : ''
  return new AppError(
    'read_side_not_ready',
    `ClickHouse refuses row after row: its tables do not fit this version. ${why}`,
  )
}

/** Some of the rows, spread over all of them. */
const sampleOf = (rows: readonly LandingRow[]): readonly LandingRow[] => {
  const step = Math.max(1, Math.ceil(rows.length / REFUSED_MAX))
  return rows.filter((_, index) => index % step === 0)
}

/** The last row of each table that landed, and whether that was since somebody asked last. */
const createEvidence = () => {
  const last = new Map<Table, LandingRow>()
  const fresh = new Set<Table>()
  return {
    last,
    note: (rows: readonly LandingRow[]): void => {
      for (const row of rows) {
        last.set(row.target.table, row)
        fresh.add(row.target.table)
      }
    },
    takeFresh: (table: Table): boolean => fresh.delete(table),
  }
}

/**
 * Lands blocks, and resolves with the rows that ClickHouse refuses. Those beside them have landed, and close the dead letters
 * whose replays they are. A refused row is poison only when something else of its table does land: a row of this block, or the
 * last one that it took (which may be landed again). Otherwise the fault is not in the rows.
 *
 * An insert into several materialized views is not one: a refused row may stand in some of their tables, until a replay
 * of it lands in all. So what it closes is said after the insert, by rows of its own. (To keep it from standing anywhere, the
 * conditions of the views could be selected of the row first; that is as much work again for ClickHouse, for every block.)
 * @throws AppError `read_side_not_ready`: an outage that somebody has to mend.
 */
export const createBlockLanding = ({
  landing,
  patiently,
  areKnown = () => Promise.resolve(false),
}: BlockLandingParts): ((rows: readonly LandingRow[]) => Promise<RefusedRows>) => {
  const evidence = createEvidence()
  const insert = async (some: readonly LandingRow[]): Promise<void> => {
    await patiently(() => landing.insert(some))
    evidence.note(some)
  }

  const landsAlone = async (row: LandingRow): Promise<boolean> => {
    try {
      await insert([row])
      return true
    } catch (error) {
      if (isPoison(error)) return false
      throw error
    }
  }

  const doesAnyLand = async (rows: readonly LandingRow[]): Promise<boolean> => {
    for (const row of rows) if (await landsAlone(row)) return true
    return false
  }

  /** @throws AppError `read_side_not_ready` when nothing of a table lands of which rows are refused. */
  const requirePoison = async (refused: RefusedRows, rows: readonly LandingRow[]): Promise<void> => {
    const bad = new Set(refused.map(({ item }) => item))
    for (const table of new Set(refused.map(({ item }) => item.target.table))) {
      if (evidence.takeFresh(table)) continue
      const last = evidence.last.get(table)
      const others = rows.filter((row) => row.target.table === table && !bad.has(row))
      if (await doesAnyLand([...(last === undefined ? [] : [last]), ...sampleOf(others)])) continue
      if (!(await areKnown([...bad]))) throw tablesDoNotFit(refused)
    }
  }

  const landOnce = async (rows: readonly LandingRow[]): Promise<RefusedRows> => {
    const onMany = (some: RefusedRows): Promise<void> => requirePoison(some, rows)
    const refused = await bisect(rows, { insert, isPoison, onMany })
    const rest = refused.length % REFUSED_MAX
    if (rest > 0) await onMany(refused.slice(-rest))
    return refused
  }

  /** An outage that `patiently` is not to try again. */
  const attempt = async (rows: readonly LandingRow[]): Promise<RefusedRows | AppError> => {
    let refused: RefusedRows
    try {
      refused = await landOnce(rows)
    } catch (error) {
      if (error instanceof AppError && error.code === 'read_side_not_ready') return error
      throw error
    }
    // Afterwards, and if it fails everything lands again: what landed without a column or a view is not to be committed.
    await landing.check()
    return refused
  }

  return async (rows) => {
    const outcome = await patiently(() => attempt(rows))
    if (outcome instanceof AppError) throw outcome
    const refused = new Set(outcome.map(({ item }) => item))
    const landed = rows.filter((row) => !refused.has(row))
    await patiently(() => landing.close(landed))
    return outcome
  }
}
