import type { ClickHouse } from '@baqylau/clickhouse'
import { createGroupCommit } from '@baqylau/service-kit'
import type { RebuildState } from '../domain/rebuild-state.ts'
import { REBUILD_DATABASE } from './rebuild-database.ts'

const TABLE = `${REBUILD_DATABASE}.rebuild_state`

/** The state of the rebuild that is under way, or was interrupted; undefined when there is none. */
export const loadRebuildState = async (clickhouse: ClickHouse): Promise<RebuildState | undefined> => {
  const tables = await clickhouse.query(
    `SELECT 1 FROM system.tables WHERE database = '${REBUILD_DATABASE}' AND name = 'rebuild_state'`,
  )
  if (tables.length === 0) return undefined
  const [row] = await clickhouse.query<{ document: string }>(
    `SELECT document FROM ${TABLE} ORDER BY saved DESC LIMIT 1`,
  )
  return row === undefined ? undefined : (JSON.parse(row.document) as RebuildState)
}

/** The state as it changes. */
export interface RebuildJournal {
  readonly state: () => RebuildState
  readonly change: (change: (state: RebuildState) => RebuildState) => void
  /** Resolves when ClickHouse has the state, as it was at this call or later. */
  readonly save: () => Promise<void>
}

/** Keeps the state in one document, so that it is whole at any time. The latest counts. */
export const openRebuildJournal = async (
  clickhouse: ClickHouse,
  initial: RebuildState,
): Promise<RebuildJournal> => {
  await clickhouse.command(
    `CREATE TABLE IF NOT EXISTS ${TABLE} (saved UInt64, document String)
     ENGINE = ReplacingMergeTree(saved) ORDER BY tuple()`,
  )
  const [row] = await clickhouse.query<{ saved: string }>(`SELECT max(saved) AS saved FROM ${TABLE}`)
  let state = initial
  let saved = Number(row?.saved ?? 0)
  const saves = createGroupCommit<RebuildState>({
    commit: async (states) => {
      saved += 1
      const document = JSON.stringify(states.at(-1))
      const body = Buffer.from(JSON.stringify({ saved, document }))
      await clickhouse.insert(`INSERT INTO ${TABLE} (saved, document) FORMAT JSONEachRow`, body)
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
