import { randomUUID } from 'node:crypto'
import type { ClickHouse } from '@baqylau/clickhouse'
import type { Command } from 'commander'
import {
  clearRebuildTables,
  dropRebuildDatabase,
  haveSameMigrations,
  makeRebuildTables,
  requireMigrated,
} from '../adapters/rebuild-database.ts'
import { countEnrichments, type EnrichmentCount } from '../adapters/enrichment-counts.ts'
import { takeRebuildLease } from '../adapters/rebuild-lease.ts'
import { openRebuildLog, type RebuildLog } from '../adapters/rebuild-log.ts'
import { loadRebuildState, openRebuildJournal } from '../adapters/rebuild-state-table.ts'
import { withClickHouse } from '../adapters/read-side.ts'
import { openRecordProgress } from '../adapters/record-progress.ts'
import { withStopSignal } from '../adapters/stop-signals.ts'
import { readRebuildConfig, type RebuildConfig } from '../config.ts'
import { type RebuildState, whyStartOver } from '../domain/rebuild-state.ts'
import { enrichAgain } from '../enrich-again.ts'
import { alignColumns, type Outcome, type Run } from '../outcome.ts'
import { finishSwap, type RebuildParts, rebuildStores } from '../rebuild.ts'

/** Counting the rows of the stores without duplicates may take its time. */
const REQUEST_MS_MAX = 600_000

export interface RebuildOptions {
  /** Throws away what an interrupted rebuild has done. */
  readonly fresh?: boolean
  /** Swaps even when the log has less than the live tables. */
  readonly force?: boolean
  /** Has every report enriched again before. */
  readonly enrich?: boolean
}

type SharedParts = Omit<RebuildParts, 'journal'>

const newState = (topicPrefix: string, isEnriching: boolean): RebuildState => ({
  runId: randomUUID(),
  startedAt: new Date().toISOString(),
  topicPrefix,
  isEnriching,
  phase: isEnriching ? 'enriching' : 'landing',
  positions: {},
  unlanded: [],
  stores: [],
})

const openParts = async (shared: SharedParts, state: RebuildState): Promise<RebuildParts> => ({
  ...shared,
  journal: await openRebuildJournal(shared.clickhouse, state),
})

/** What an interrupted rebuild cannot be taken up for, in words; undefined when it can. */
const whyNotResume = async (
  clickhouse: ClickHouse,
  log: RebuildLog,
  found: RebuildState,
  wanted: RebuildState,
): Promise<string | undefined> => {
  if (found.phase === 'swapping') return 'it had begun to swap when ClickHouse was migrated'
  if (!(await haveSameMigrations(clickhouse))) return 'ClickHouse was migrated since'
  return whyStartOver(found, wanted, await log.ends())
}

/** The state to go on from: that of an interrupted rebuild when it can be taken up, else a new one with empty tables. */
const begin = async (
  { clickhouse, log, progress }: SharedParts,
  found: RebuildState | undefined,
  wanted: RebuildState,
): Promise<RebuildState> => {
  if (found !== undefined) {
    const why = await whyNotResume(clickhouse, log, found, wanted)
    if (why === undefined) {
      progress.say(`Going on with the rebuild of ${found.startedAt}.`)
      return found
    }
    progress.say(`Starting over: the rebuild of ${found.startedAt} cannot go on, since ${why}.`)
  }
  await clearRebuildTables(clickhouse)
  await makeRebuildTables(clickhouse)
  return wanted
}

/** Ends what had begun to swap: it is done then, unless the tables are no longer alike. */
const finishInterruptedSwap = async (
  shared: SharedParts,
  found: RebuildState | undefined,
): Promise<RebuildParts | undefined> => {
  if (found?.phase !== 'swapping') return undefined
  shared.progress.say(`The rebuild of ${found.startedAt} had begun to swap: ending that first.`)
  const parts = await openParts(shared, found)
  await finishSwap(parts)
  return (await haveSameMigrations(shared.clickhouse)) ? parts : undefined
}

const enrichIfWanted = async (
  { journal, progress, signal }: RebuildParts,
  config: RebuildConfig,
): Promise<void> => {
  const { phase, runId } = journal.state()
  if (phase !== 'enriching') return
  await enrichAgain({ config, group: `rebuild-${runId}`, progress, signal })
  journal.change((state) => ({ ...state, phase: 'landing' }))
  await journal.save()
}

const rebuildWith = async (
  shared: SharedParts,
  config: RebuildConfig,
  { fresh = false, enrich = false }: RebuildOptions,
): Promise<RebuildState> => {
  const found = await loadRebuildState(shared.clickhouse)
  const finished = await finishInterruptedSwap(shared, found)
  if (finished !== undefined && !fresh) return finished.journal.state()
  const wanted = newState(config.KAFKA_TOPIC_PREFIX, enrich)
  const parts = await openParts(shared, await begin(shared, fresh ? undefined : found, wanted))
  await parts.journal.save()
  await enrichIfWanted(parts, config)
  await rebuildStores(parts)
  return parts.journal.state()
}

const tell = (state: RebuildState, enrichments: readonly EnrichmentCount[], seconds: number): Outcome => {
  const records = Object.values(state.positions).reduce((sum, next) => sum + Number(next), 0)
  const stores = state.stores.map(({ store, rowsBefore, rowsAfter }) => ({ store, rowsBefore, rowsAfter }))
  const table = alignColumns([
    ['table', 'rows before', 'rows now'],
    ...stores.map(({ store, rowsBefore, rowsAfter }) => [store, rowsBefore, rowsAfter]),
  ])
  const versions = enrichments.map(({ stage, enrichmentVersion, reports }) => [
    `${stage}, enrichment version ${enrichmentVersion}`,
    reports,
  ])
  const { startedAt, unlanded } = state
  return {
    document: { startedAt, seconds, records, unlanded: unlanded.length, stores, enrichments },
    text:
      `${records} records of the log are in new tables, in ${seconds} s; ${unlanded.length} of them gave no row.\n${table}\n` +
      `Reports:\n${alignColumns(versions)}`,
    exitCode: 0,
  }
}

const stopped: Outcome = {
  document: { interrupted: true },
  text: 'Stopped. The live tables are as they were. The same command goes on where it was; with --fresh it starts over.',
  exitCode: 1,
}

/**
 * Makes the read side anew from the log, beside the live tables, and swaps. `signal` stops it where it can be taken up again.
 * @throws AppError `already_running`, `log_differs`, `read_side_not_ready`.
 */
export const rebuildReadSide = (
  config: RebuildConfig,
  options: RebuildOptions,
  signal: AbortSignal,
): Promise<Outcome> =>
  withClickHouse(
    config,
    async (clickhouse) => {
      const startedAt = performance.now()
      await requireMigrated(clickhouse)
      const progress = openRecordProgress()
      const lease = await takeRebuildLease(clickhouse, progress.say)
      const shared: SharedParts = {
        clickhouse,
        log: openRebuildLog(config),
        lease,
        progress,
        signal: AbortSignal.any([signal, lease.lost]),
        isForced: options.force ?? false,
      }
      try {
        const state = await rebuildWith(shared, config, options)
        await lease.end()
        await dropRebuildDatabase(clickhouse)
        return tell(
          state,
          await countEnrichments(clickhouse),
          Math.round((performance.now() - startedAt) / 1000),
        )
      } catch (error) {
        if (error === signal.reason && signal.aborted) return stopped
        throw error
      } finally {
        progress.stop()
        await lease.release()
      }
    },
    REQUEST_MS_MAX,
  )

export const addRebuildCommand = (program: Command, run: Run): void => {
  program
    .command('rebuild')
    .description('Make the tables of ClickHouse anew from the log, beside the live ones, and swap them in.')
    .option(
      '--enrich',
      'have every report enriched again first, by the enrichers that run: after an upgrade of them',
    )
    .option('--fresh', 'start over, instead of going on with a rebuild that was interrupted')
    .option('--force', 'swap even when the log has less than the live tables')
    .addHelpText(
      'after',
      '\nEverything else goes on meanwhile: no stage has to be stopped. Interrupted, the same command goes on where it was.',
    )
    .action((options: RebuildOptions) =>
      run(() => withStopSignal((signal) => rebuildReadSide(readRebuildConfig(), options, signal))),
    )
}
