import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import { dropRebuildDatabase, requireMigrated } from '../adapters/rebuild-database.ts'
import { countEnrichments, type EnrichmentCount } from '../adapters/enrichment-counts.ts'
import { takeRebuildLease } from '../adapters/rebuild-lease.ts'
import { openRebuildLog } from '../adapters/rebuild-log.ts'
import { withClickHouse } from '../adapters/read-side.ts'
import { openRecordProgress } from '../adapters/record-progress.ts'
import { withStopSignal } from '../adapters/stop-signals.ts'
import { readRebuildConfig, type RebuildConfig } from '../config.ts'
import type { RebuildState } from '../domain/rebuild-state.ts'
import { alignColumns, type Outcome, type Run } from '../outcome.ts'
import { type RebuildRunParts, runRebuild } from '../rebuild-run.ts'

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
      const parts: RebuildRunParts = {
        config,
        clickhouse,
        log: openRebuildLog(config),
        lease,
        progress,
        signal: AbortSignal.any([signal, lease.lost]),
        isForced: options.force ?? false,
      }
      try {
        const state = await runRebuild(parts, {
          runId: randomUUID(),
          startedAt: new Date(),
          isFresh: options.fresh ?? false,
          isEnriching: options.enrich ?? false,
        })
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
