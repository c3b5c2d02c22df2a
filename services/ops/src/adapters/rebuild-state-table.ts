import type { ClickHouse } from '@baqylau/clickhouse'
import { createGroupCommit } from '@baqylau/service-kit'
import type { RebuildState, UnlandedRecord } from '../domain/rebuild-state.ts'
import { REBUILD_DATABASE } from './rebuild-database.ts'

const NAME = 'rebuild_journal'
const TABLE = `${REBUILD_DATABASE}.${NAME}`

/** What gave no row may be long, and seldom changes, while the rest does with every insert: so it is kept by itself. */
type Part = 'state' | 'unlanded'

/** The state of the rebuild that is under way, or was interrupted; undefined when there is none. */
export const loadRebuildState = async (clickhouse: ClickHouse): Promise<RebuildState | undefined> => {
  const tables = await clickhouse.query(
    `SELECT 1 FROM system.tables WHERE database = '${REBUILD_DATABASE}' AND name = '${NAME}'`,
  )
  if (tables.length === 0) return undefined
  const rows = await clickhouse.query<{ part: Part; document: string }>(
    `SELECT part, argMax(document, saved) AS document FROM ${TABLE} GROUP BY part`,
  )
  const parts = new Map(rows.map(({ part, document }) => [part, JSON.parse(document) as unknown]))
  const state = parts.get('state')
  if (state === undefined) return undefined
  return { ...(state as Omit<RebuildState, 'unlanded'>), unlanded: readUnlanded(parts.get('unlanded')) }
}

const readUnlanded = (list: unknown): readonly UnlandedRecord[] => (list ?? []) as readonly UnlandedRecord[]

/** The state as it changes. */
export interface RebuildJournal {
  readonly state: () => RebuildState
  readonly change: (change: (state: RebuildState) => RebuildState) => void
  /** Resolves when ClickHouse has the state, as it was at this call or later. */
  readonly save: () => Promise<void>
}

const rowOf = (part: Part, saved: number, content: unknown): string =>
  JSON.stringify({ part, saved, document: JSON.stringify(content) })

/** Keeps the state, whole at any time: what changed of it is written in one block. The latest of each part counts. */
export const openRebuildJournal = async (
  clickhouse: ClickHouse,
  initial: RebuildState,
): Promise<RebuildJournal> => {
  await clickhouse.command(
    `CREATE TABLE IF NOT EXISTS ${TABLE} (part LowCardinality(String), saved UInt64, document String)
     ENGINE = ReplacingMergeTree(saved) ORDER BY part`,
  )
  const [row] = await clickhouse.query<{ saved: string }>(`SELECT max(saved) AS saved FROM ${TABLE}`)
  let state = initial
  let saved = Number(row?.saved ?? 0)
  let written: readonly UnlandedRecord[] | undefined
  const saves = createGroupCommit<RebuildState>({
    commit: async (states) => {
      const latest = states.at(-1)
      if (latest === undefined) return
      saved += 1
      const { unlanded, ...rest } = latest
      const rows = [rowOf('state', saved, rest)]
      if (unlanded !== written) rows.push(rowOf('unlanded', saved, unlanded))
      await clickhouse.insert(
        `INSERT INTO ${TABLE} (part, saved, document) FORMAT JSONEachRow`,
        Buffer.from(rows.join('\n')),
      )
      written = unlanded
    },
    bytesOf: () => 0,
    itemsMax: Number.POSITIVE_INFINITY,
    bytesMax: Number.POSITIVE_INFINITY,
    pendingBytesMax: Number.POSITIVE_INFINITY,
    lingerMs: 0,
  })
  return {
    state: () => state,
    change: (change) => {
      state = change(state)
    },
    save: () => saves.submit([state]),
  }
}
