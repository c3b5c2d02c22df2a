import { setTimeout as pause } from 'node:timers/promises'
import type { ClickHouse } from '@baqylau/clickhouse'
import { AppError } from '@baqylau/contracts'
import { every } from '@baqylau/service-kit'
import { LEASE_PREFIX, REBUILD_DATABASE } from './rebuild-database.ts'

const BEAT_MS = 1000
const LOOK_MS = 500
/** Whoever has not been heard of for so long is gone. */
const SILENT_MS_MAX = 10_000

/** Says that this process rebuilds, and no other. */
export interface RebuildLease {
  /** Aborted when another process has taken over, because this one was not heard of. */
  readonly lost: AbortSignal
  /** @throws AppError `already_running` when it is lost. */
  readonly confirm: () => Promise<void>
  /** Tells no more that it is alive. The table of the lease goes with the database, or is taken over. */
  readonly end: () => Promise<void>
  /** Lets the next one begin at once. */
  readonly release: () => Promise<void>
}

const tableOf = (term: number): string => `${REBUILD_DATABASE}.${LEASE_PREFIX}${term}`

const latestTerm = async (clickhouse: ClickHouse): Promise<number> => {
  const tables = await clickhouse.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = '${REBUILD_DATABASE}' AND startsWith(name, '${LEASE_PREFIX}')`,
  )
  return Math.max(0, ...tables.map(({ name }) => Number(name.slice(LEASE_PREFIX.length))))
}

const lastBeat = async (clickhouse: ClickHouse, term: number): Promise<number> => {
  const [row] = await clickhouse.query<{ beat: string }>(`SELECT max(beat) AS beat FROM ${tableOf(term)}`)
  return Number(row?.beat)
}

const alreadyRunning = (cause?: unknown): AppError =>
  new AppError(
    'already_running',
    'Another rebuild is under way. Wait for its end, or stop it: then the next one goes on where it was.',
    { cause },
  )

/** Watches the holder of a term. Resolves when it is silent or gone. @throws AppError `already_running` when it is alive. */
const waitForSilence = async (clickhouse: ClickHouse, term: number): Promise<void> => {
  const first = await lastBeat(clickhouse, term)
  for (const until = performance.now() + SILENT_MS_MAX; performance.now() < until;) {
    await pause(LOOK_MS)
    const latest = await latestTerm(clickhouse)
    if (latest < term) return
    if (latest > term || (await lastBeat(clickhouse, term)) > first) throw alreadyRunning()
  }
}

/**
 * Takes the lease. Leases have terms: the greatest counts, and a table can be made once only, so that of two that want the
 * same term one is refused. Of a holder that was killed the next one knows after ten seconds of silence.
 * @throws AppError `already_running`.
 */
export const takeRebuildLease = async (
  clickhouse: ClickHouse,
  onWaiting: (why: string) => void,
): Promise<RebuildLease> => {
  await clickhouse.command(`CREATE DATABASE IF NOT EXISTS ${REBUILD_DATABASE}`)
  const before = await latestTerm(clickhouse)
  if (before > 0) {
    onWaiting('an earlier rebuild did not end: looking whether it is alive')
    await waitForSilence(clickhouse, before)
  }
  const term = before + 1
  try {
    // The holder may have ended meanwhile, and its database with it.
    await clickhouse.command(`CREATE DATABASE IF NOT EXISTS ${REBUILD_DATABASE}`)
    await clickhouse.command(
      `CREATE TABLE ${tableOf(term)} (beat UInt64) ENGINE = ReplacingMergeTree(beat) ORDER BY tuple()`,
    )
  } catch (cause) {
    throw alreadyRunning(cause)
  }
  for (let old = before; old > 0; old -= 1) await clickhouse.command(`DROP TABLE IF EXISTS ${tableOf(old)}`)
  return keepLease(clickhouse, term)
}

const keepLease = (clickhouse: ClickHouse, term: number): RebuildLease => {
  const lost = new AbortController()
  let beat = 0
  const confirm = async (): Promise<void> => {
    if ((await latestTerm(clickhouse)) !== term) lost.abort(alreadyRunning())
    lost.signal.throwIfAborted()
  }
  const stop = every(BEAT_MS, async () => {
    beat += 1
    const body = Buffer.from(JSON.stringify({ beat }))
    await clickhouse
      .insert(`INSERT INTO ${tableOf(term)} (beat) FORMAT JSONEachRow`, body)
      .then(confirm)
      // A ClickHouse that is away for us is away for others; whether the lease is lost, the next beat says.
      .catch(() => undefined)
  })
  return {
    lost: lost.signal,
    confirm,
    end: stop,
    release: async () => {
      await stop()
      await clickhouse.command(`DROP TABLE IF EXISTS ${tableOf(term)}`)
    },
  }
}
