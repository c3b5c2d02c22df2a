import { setTimeout as pause } from 'node:timers/promises'
import { type ClickHouse, DATABASE } from '@baqylau/clickhouse'
import { AppError } from '@baqylau/contracts'
import {
  haveSameMigrations,
  REBUILD_DATABASE,
  startForwarding,
  stopForwarding,
} from './adapters/rebuild-database.ts'
import type { RebuildLease } from './adapters/rebuild-lease.ts'
import type { RebuildLog } from './adapters/rebuild-log.ts'
import type { RebuildJournal } from './adapters/rebuild-state-table.ts'
import type { RecordProgress } from './adapters/record-progress.ts'
import { createRecordLanding } from './adapters/record-landing.ts'
import {
  countStores,
  exchangeStore,
  findMissingEvents,
  pendingExchanges,
  storePairs,
} from './adapters/store-exchange.ts'
import { lengthOf, type Stretch, stretchesFrom } from './domain/log-stretch.ts'
import { withLanded, withUnlanded } from './domain/rebuild-state.ts'
import { findUndecided } from './adapters/unlanded-records.ts'

/** So little is soon landed: the rest can come while everything that lands is landed twice. */
const LITTLE_RECORDS = 10_000
/** When more comes in than that all the time, it is caught up with while it is forwarded: then no more gets behind. */
const PASSES_MAX = 5
/** More records without a row than this are no poison: the code does not fit the log. */
const UNLANDED_MAX = 10_000
const SETTLE_MS_MAX = 10_000
const SETTLE_STEP_MS = 200

export interface RebuildParts {
  readonly clickhouse: ClickHouse
  readonly log: RebuildLog
  readonly journal: RebuildJournal
  readonly lease: RebuildLease
  readonly progress: RecordProgress
  /** Stops the rebuild where it can be taken up again. */
  readonly signal: AbortSignal
  /** Swaps even when the log has less than the live tables. */
  readonly isForced: boolean
}

/** Lands the log in the rebuilt tables, from where it was up to `ends`, and notes how far it is after every insert. */
const landUpTo = async (ends: readonly Stretch[], parts: RebuildParts): Promise<void> => {
  const { clickhouse, log, journal, progress, signal } = parts
  const stretches = stretchesFrom(ends, journal.state().positions)
  const land = createRecordLanding({
    clickhouse,
    database: REBUILD_DATABASE,
    topicPrefix: journal.state().topicPrefix,
    signal,
    onUnlanded: ({ topic, partition, offset }, code) =>
      journal.change((state) => withUnlanded(state, { topic, partition, offset, code })),
    onFault: ({ message }) => progress.say(`waiting: ${message}`),
  })
  progress.begin('landing', lengthOf(stretches))
  await log.read(
    stretches,
    async (records) => {
      await land(records)
      const last = records.at(-1)
      if (last === undefined) return
      journal.change((state) => withLanded(state, last, BigInt(last.offset) + 1n))
      if (journal.state().unlanded.length > UNLANDED_MAX) throw codeDoesNotFit()
      await journal.save()
      progress.advance(records.length)
    },
    signal,
  )
}

const codeDoesNotFit = (): AppError =>
  new AppError(
    'read_side_not_ready',
    `More than ${UNLANDED_MAX} records give no row: is this version older than those that wrote the log?`,
  )

/** Lands until little is left. */
const catchUp = async (parts: RebuildParts): Promise<void> => {
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const ends = await parts.log.ends()
    if (lengthOf(stretchesFrom(ends, parts.journal.state().positions)) <= LITTLE_RECORDS) return
    await landUpTo(ends, parts)
  }
}

/**
 * From here on the rebuilt tables hold all that the live ones do. Whatever the lander inserts after the forwarders are there
 * goes into both. What it began to insert before holds only records that were in the log by then, so they are below the ends
 * that are read after it, and up to those we land ourselves. So it does not matter how far the lander is, how many there are,
 * or whether such an insert has ended.
 */
const joinTheLander = async (parts: RebuildParts): Promise<void> => {
  await startForwarding(parts.clickhouse)
  await landUpTo(await parts.log.ends(), parts)
}

/** @throws AppError `log_differs` when a record gave no row here, while the lander did not make a dead letter of it. */
const requireAllDecided = async (parts: RebuildParts): Promise<void> => {
  const { clickhouse, log, journal } = parts
  // In this order: a dead letter is in the log before its record is committed, so it is below the ends that come after.
  const decidedUpTo = await log.landerPositions()
  await landUpTo(await log.ends(), parts)
  const undecided = await findUndecided(clickhouse, journal.state().unlanded, decidedUpTo)
  const [first] = undecided
  if (first === undefined || parts.isForced) return
  throw new AppError(
    'log_differs',
    `${undecided.length} records cannot be landed, and are no dead letters of the lander: the first is ` +
      `${first.topic}/${first.partition}/${first.offset} (${first.code}). Nothing was swapped. Is this version the lander's? ` +
      'With --force they are left out.',
  )
}

/** @throws AppError `log_differs` when the live tables hold events that this log does not have. */
const requireNoneMissing = async ({ clickhouse, isForced }: RebuildParts): Promise<void> => {
  if (isForced) return
  let missing = await findMissingEvents(clickhouse)
  // What is being inserted at this moment may be seen in the one table a little before the other.
  for (let waited = 0; missing.length > 0 && waited < SETTLE_MS_MAX; waited += SETTLE_STEP_MS) {
    await pause(SETTLE_STEP_MS)
    missing = await findMissingEvents(clickhouse)
  }
  if (missing.length === 0) return
  const told = missing.slice(0, 3).map(({ place, missing: count }) => `${count} of ${place}`)
  throw new AppError(
    'log_differs',
    `The live tables hold events that this log does not give: ${told.join(', ')}. Nothing was swapped. Are KAFKA_BROKERS and ` +
      'KAFKA_TOPIC_PREFIX right, is the log whole? With --force they go.',
  )
}

const rebuiltTables = ({ journal }: RebuildParts): ReadonlySet<string> =>
  new Set(journal.state().stores.map(({ uuid }) => uuid))

/**
 * Puts the rebuilt tables in the places of the live ones: each at once, and those that are there already stay. Which is where
 * is looked up after the lease is confirmed, right before each exchange, since ClickHouse knows no exchange on a condition: a
 * process that was stopped for longer than its lease lasts, exactly between that look and the exchange, can still undo what its
 * successor did. `requireSwapped` then finds it.
 */
const swapStores = async (parts: RebuildParts): Promise<void> => {
  const { clickhouse, lease } = parts
  const rebuilt = rebuiltTables(parts)
  for (const { store } of await storePairs(clickhouse)) {
    await lease.confirm()
    if ((await pendingExchanges(clickhouse, rebuilt)).includes(store)) await exchangeStore(clickhouse, store)
  }
}

/**
 * Before the tables that were live are dropped with the database: are they those? When another process exchanged some back, this
 * is put right by the next rebuild, which ends the swap first. What remains is an exchange that comes after this look.
 * @throws AppError `read_side_not_ready`, with nothing dropped.
 */
const requireSwapped = async (parts: RebuildParts): Promise<void> => {
  const [store] = await pendingExchanges(parts.clickhouse, rebuiltTables(parts))
  if (store === undefined) return
  throw new AppError(
    'read_side_not_ready',
    `${store} was exchanged back meanwhile, by a rebuild that had stood still. Nothing is dropped: run the rebuild again, which ends this one.`,
  )
}

/**
 * Lands again, in the live tables now, what came in around the exchange. An insert looks up its tables by name while it begins: one
 * that looked up the live table before an exchange, and the forwarder's after it, has found the same table twice, and the other
 * lacks its rows. They came behind what we had landed ourselves, and were in the log before the last exchange.
 */
const landAroundSwap = async (parts: RebuildParts): Promise<void> => {
  const { clickhouse, log, journal, progress } = parts
  const stretches = stretchesFrom(await log.ends(), journal.state().positions)
  const land = createRecordLanding({
    clickhouse,
    database: DATABASE,
    topicPrefix: journal.state().topicPrefix,
    signal: parts.lease.lost,
    // The lander's to decide.
    onUnlanded: () => undefined,
    onFault: ({ message }) => progress.say(`waiting: ${message}`),
  })
  await log.read(stretches, land, parts.lease.lost)
}

/**
 * Goes to the end of a swap that was begun. It is not stopped by a signal: it takes seconds, and there is no way back. When
 * ClickHouse was migrated since, the tables are no longer alike: those that are swapped stay, and hold all, as the others do.
 */
export const finishSwap = async (parts: RebuildParts): Promise<void> => {
  const isAlike = await haveSameMigrations(parts.clickhouse)
  if (isAlike) await swapStores(parts)
  await stopForwarding(parts.clickhouse)
  await landAroundSwap(parts)
  if (isAlike) await requireSwapped(parts)
}

/** Lands all there is, until the rebuilt tables can take the places of the live ones. */
const becomeAlike = async (parts: RebuildParts): Promise<void> => {
  await catchUp(parts)
  await joinTheLander(parts)
  await requireAllDecided(parts)
  await requireNoneMissing(parts)
  if (!(await haveSameMigrations(parts.clickhouse))) {
    throw new AppError('read_side_not_ready', 'ClickHouse was migrated meanwhile: run the rebuild again.')
  }
}

/** Without this, everything would land twice until the next rebuild. What lands meanwhile, that one reads from the log. */
const stopForwardingUnlessLost = async ({ clickhouse, lease }: RebuildParts): Promise<void> => {
  // Then the forwarders are another's.
  if (lease.lost.aborted) return
  // Harmless when it fails, and what is thrown already says more.
  await stopForwarding(clickhouse).catch(() => undefined)
}

/** Lands what is left, and swaps. @throws AppError `log_differs`, before anything was swapped; the signal's reason. */
export const rebuildStores = async (parts: RebuildParts): Promise<void> => {
  const { clickhouse, journal, lease, signal } = parts
  try {
    await becomeAlike(parts)
  } catch (error) {
    await stopForwardingUnlessLost(parts)
    throw error
  }
  const stores = await countStores(clickhouse, await storePairs(clickhouse))
  signal.throwIfAborted()
  await lease.confirm()
  journal.change((state) => ({ ...state, phase: 'swapping', stores }))
  await journal.save()
  await finishSwap(parts)
}
