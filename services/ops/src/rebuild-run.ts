import { clearRebuildTables, haveSameMigrations, makeRebuildTables } from './adapters/rebuild-database.ts'
import { loadRebuildState, openRebuildJournal } from './adapters/rebuild-state-table.ts'
import type { RebuildConfig } from './config.ts'
import { type RebuildState, whyStartOver } from './domain/rebuild-state.ts'
import { enrichAgain } from './enrich-again.ts'
import { finishSwap, type RebuildParts, rebuildStores } from './rebuild.ts'

/** What every rebuild has, before it is known whether it goes on with an earlier one. */
export interface RebuildRunParts extends Omit<RebuildParts, 'journal'> {
  readonly config: RebuildConfig
}

/** The rebuild that is asked for. */
export interface WantedRebuild {
  /** Names it, if it does not go on with an earlier one. */
  readonly runId: string
  readonly startedAt: Date
  /** Throws away what an interrupted rebuild has done. */
  readonly isFresh: boolean
  /** Has every report enriched again before. */
  readonly isEnriching: boolean
}

const newState = ({ runId, startedAt, isEnriching }: WantedRebuild, topicPrefix: string): RebuildState => ({
  runId,
  startedAt: startedAt.toISOString(),
  topicPrefix,
  isEnriching,
  phase: isEnriching ? 'enriching' : 'landing',
  positions: {},
  unlanded: [],
  stores: [],
})

const withJournal = async (parts: RebuildRunParts, state: RebuildState): Promise<RebuildParts> => ({
  ...parts,
  journal: await openRebuildJournal(parts.clickhouse, state),
})

/** What an interrupted rebuild cannot be taken up for, in words; undefined when it can. */
const whyNotResume = async (
  { clickhouse, log }: RebuildRunParts,
  found: RebuildState,
  wanted: RebuildState,
): Promise<string | undefined> => {
  if (found.phase === 'swapping') return 'it had begun to swap when ClickHouse was migrated'
  if (!(await haveSameMigrations(clickhouse))) return 'ClickHouse was migrated since'
  return whyStartOver(found, wanted, await log.ends())
}

/** The state to go on from: that of an interrupted rebuild when it can be taken up, else a new one with empty tables. */
const begin = async (
  parts: RebuildRunParts,
  found: RebuildState | undefined,
  wanted: RebuildState,
): Promise<RebuildState> => {
  const { clickhouse, progress } = parts
  if (found !== undefined) {
    const why = await whyNotResume(parts, found, wanted)
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
  parts: RebuildRunParts,
  found: RebuildState | undefined,
): Promise<RebuildState | undefined> => {
  if (found?.phase !== 'swapping') return undefined
  parts.progress.say(`The rebuild of ${found.startedAt} had begun to swap: ending that first.`)
  await finishSwap(await withJournal(parts, found))
  return (await haveSameMigrations(parts.clickhouse)) ? found : undefined
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

/**
 * Rebuilds, or goes on with a rebuild that was interrupted, and returns how it ended. The rebuilt tables are in their places
 * then; those that were live are still to be dropped.
 * @throws AppError `log_differs`, `read_side_not_ready`; the signal's reason.
 */
export const runRebuild = async (parts: RebuildRunParts, wanted: WantedRebuild): Promise<RebuildState> => {
  const found = await loadRebuildState(parts.clickhouse)
  const finished = await finishInterruptedSwap(parts, found)
  if (finished !== undefined && !wanted.isFresh) return finished
  const state = newState(wanted, parts.config.KAFKA_TOPIC_PREFIX)
  const begun = await withJournal(parts, await begin(parts, wanted.isFresh ? undefined : found, state))
  await begun.journal.save()
  await enrichIfWanted(begun, parts.config)
  await rebuildStores(begun)
  return begun.journal.state()
}
