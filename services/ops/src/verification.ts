import type { CommittedPositions, VerifiedLog } from './adapters/verified-log.ts'
import { LETTER_TOPICS, REPORT_TOPICS } from './adapters/verified-log.ts'
import type { RecordProgress } from './adapters/record-progress.ts'
import type { Spill, SpillDirectory } from './adapters/spill.ts'
import type { VerifiedViews } from './adapters/verified-views.ts'
import { lengthOf, placeOf, type Stretch, stretchesFrom } from './domain/log-stretch.ts'
import { type Difference, tallyDifferences, type DifferenceTally } from './domain/verification/difference.ts'
import { openEventBlocks, type EventBlocks } from './domain/verification/event-blocks.ts'
import { openLetterBucket } from './domain/verification/letter-comparison.ts'
import type { ReportCounts } from './domain/verification/report-comparison.ts'
import { catchUp, type CaughtUp } from './verification/caught-up.ts'
import { openDailyComparison } from './verification/daily-comparison.ts'
import { explainBlock, explainReports } from './verification/explanations.ts'
import { type LogCounts, type LogSide, openLogSide } from './verification/log-side.ts'
import { compareReports, type KeepDifference, readBuckets } from './verification/report-rounds.ts'

/** How often what differs is asked about again while the log goes on. */
export const TRIES_MAX = 5
/** Of so many events a bucket is folded at once. */
export const BUCKET_EVENTS = 10_000
const BUCKETS_MAX = 4000
const LETTERS_PAGE = 25_000
const BLOCKS_EXPLAINED_MAX = 20
/** Of reports, of akimats' days and of dead letters. */
const OPEN_MAX = 20_000

export interface VerificationParts {
  readonly log: VerifiedLog
  readonly views: VerifiedViews
  readonly directory: SpillDirectory
  readonly progress: RecordProgress
  readonly signal: AbortSignal
}

export interface VerificationOptions {
  readonly waitSeconds: number
  /** So many differences of each kind are told one by one. */
  readonly firstMax: number
}

export interface Verification {
  readonly log: LogCounts
  readonly reports: ReportCounts
  readonly akimatDays: number
  readonly deadLetters: number
  readonly tries: number
  /** What could not be compared, because it changed whenever it was looked at. */
  readonly changing: number
  readonly tally: DifferenceTally
}

interface Sides extends VerificationParts {
  readonly options: VerificationOptions
  readonly logSide: LogSide
  readonly events: Spill
  readonly letters: Spill
  readonly blocks: EventBlocks
  readonly tally: DifferenceTally
}

const openSides = (parts: VerificationParts, options: VerificationOptions, records: number): Sides => {
  const buckets = Math.min(BUCKETS_MAX, Math.max(1, Math.ceil(records / BUCKET_EVENTS)))
  const events = parts.directory.open('events', buckets)
  const letters = parts.directory.open('letters', buckets)
  const [letterTopic = ''] = parts.log.topics(LETTER_TOPICS)
  const logSide = openLogSide({ letterTopic, events, letters, hasRow: parts.views.hasEvent })
  const tally = tallyDifferences(options.firstMax)
  return { ...parts, options, logSide, events, letters, blocks: openEventBlocks(), tally }
}

/** Reads on to these ends: dead letters first, since they say which events have no row. */
const readTo = async (
  sides: Sides,
  from: readonly Stretch[],
  { ends }: CaughtUp,
  isFirst: boolean,
): Promise<void> => {
  const done = Object.fromEntries(
    from.map(({ topic, partition, high }) => [placeOf(topic, partition), String(high)]),
  )
  const stretches = stretchesFrom(ends, done)
  const letterTopics = sides.log.topics(LETTER_TOPICS)
  sides.progress.begin('Reading the log', lengthOf(stretches))
  for (const isLetters of [true, false]) {
    await sides.log.read(
      stretches.filter(({ topic }) => letterTopics.includes(topic) === isLetters),
      async (records) => {
        await sides.logSide.take(records, isFirst ? sides.blocks : undefined)
        sides.progress.advance(records.length)
      },
      sides.signal,
    )
  }
}

const compareLetters = async (sides: Sides, round: number, keep: KeepDifference): Promise<number> => {
  const { letters: lines } = sides.logSide.counts()
  const rows = sides.directory.open(`letter-rows-${round}`, sides.letters.buckets)
  await sides.views.readLetters(Math.ceil(lines / LETTERS_PAGE) || 1, (row) =>
    rows.append(`${row.step}/${row.topic}/${row.partition}/${row.offset}`, JSON.stringify(row)),
  )
  let letters = 0
  for (let index = 0; index < rows.buckets; index += 1) {
    const bucket = openLetterBucket()
    await sides.letters.read(index, bucket.add)
    await rows.read(index, bucket.add)
    for (const difference of bucket.compare()) keep(difference)
    letters += bucket.letters()
  }
  return letters
}

const compareEvents = async (sides: Sides, { ends }: CaughtUp): Promise<void> => {
  const inTopics = ends.filter(({ topic }) => sides.log.topics(REPORT_TOPICS).includes(topic))
  const stray = await sides.views.strayEvents(inTopics)
  if (stray > 0) sides.tally.add({ kind: 'event_extra', count: stray })
  const differing = sides.blocks.differing(await sides.views.eventBlocks(inTopics))
  for (const [index, block] of differing.entries()) {
    if (index >= BLOCKS_EXPLAINED_MAX) sides.tally.add({ kind: 'event_differs' })
    else for (const difference of await explainBlock(block, inTopics, sides)) sides.tally.add(difference)
  }
}

const sameEnds = (one: readonly Stretch[], other: readonly Stretch[]): boolean => {
  const highs = new Map(one.map(({ topic, partition, high }) => [placeOf(topic, partition), high]))
  return other.every(({ topic, partition, high }) => highs.get(placeOf(topic, partition)) === high)
}

/** What is not alike as of one round, by how it can be looked at again. */
interface Open {
  readonly reports: Difference[]
  readonly daily: Difference[]
  readonly letters: Difference[]
}

const nothingOpen = (): Open => ({ reports: [], daily: [], letters: [] })

/** More than can be kept in memory are not asked about again: that is no report that happens to change. */
const keepIn =
  (open: Difference[], tally: DifferenceTally): KeepDifference =>
  (difference) => {
    if (open.length < OPEN_MAX) open.push(difference)
    else tally.add(difference)
  }

interface FirstRound {
  readonly open: Open
  readonly reports: ReportCounts
  readonly akimatDays: number
  readonly deadLetters: number
}

const firstRound = async (sides: Sides, dispatched: CommittedPositions): Promise<FirstRound> => {
  const open = nothingOpen()
  const daily = openDailyComparison(sides.directory.open('daily-1', sides.events.buckets))
  const reports = await compareReports(sides, {
    round: 1,
    dispatched,
    onBucket: daily.add,
    keep: keepIn(open.reports, sides.tally),
  })
  const akimatDays = await daily.compare(sides.views, keepIn(open.daily, sides.tally))
  const deadLetters = await compareLetters(sides, 1, keepIn(open.letters, sides.tally))
  return { open, reports, akimatDays, deadLetters }
}

const idsOf = (differences: readonly Difference[]): ReadonlySet<string> =>
  new Set(differences.flatMap(({ reportId }) => (reportId === undefined ? [] : [reportId])))

interface Again {
  readonly round: number
  readonly dispatched: CommittedPositions
  readonly touched: ReadonlySet<string>
}

const laterRound = async (
  sides: Sides,
  before: Open,
  { round, dispatched, touched }: Again,
): Promise<Open> => {
  const open = nothingOpen()
  const keep = (some: Difference[]): KeepDifference => keepIn(some, sides.tally)
  if (touched.size > 0)
    await compareReports(sides, { round, dispatched, only: touched, keep: keep(open.reports) })
  if (before.daily.length > 0) await compareDailyAgain(sides, round, keep(open.daily))
  if (before.letters.length > 0) await compareLetters(sides, round, keep(open.letters))
  return open
}

const compareDailyAgain = async (sides: Sides, round: number, keep: KeepDifference): Promise<void> => {
  const daily = openDailyComparison(sides.directory.open(`daily-${round}`, sides.events.buckets))
  for await (const bucket of readBuckets(sides)) daily.add(bucket)
  await daily.compare(sides.views, keep)
}

const isSettled = ({ reports, daily, letters }: Open): boolean =>
  reports.length + daily.length + letters.length === 0

const settle = async (sides: Sides, differences: readonly Difference[]): Promise<void> => {
  const { firstMax } = sides.options
  const explained = await explainReports(differences.slice(0, firstMax), sides)
  for (const difference of [...explained, ...differences.slice(firstMax)]) sides.tally.add(difference)
}

/** Looks again at what differs for as long as the log goes on and may be the reason, and tells what is left in the end. */
const settleAll = async (
  sides: Sides,
  first: Open,
  from: CaughtUp,
): Promise<{ tries: number; changing: number }> => {
  let open = first
  let now = from
  let tries = 1
  while (!isSettled(open)) {
    const suspects = idsOf(open.reports)
    const touched = sides.logSide.watch(suspects)
    const next = await catchUp(sides.log, sides.options.waitSeconds, sides.signal)
    const isStill = sameEnds(now.ends, next.ends)
    if (!isStill) await readTo(sides, now.ends, next, false)
    const mayChange = (id: string | undefined): boolean => !isStill && id !== undefined && touched.has(id)
    await settle(
      sides,
      open.reports.filter(({ reportId }) => !mayChange(reportId)),
    )
    if (isStill) {
      for (const difference of [...open.daily, ...open.letters]) sides.tally.add(difference)
      return { tries, changing: 0 }
    }
    if (tries === TRIES_MAX)
      return { tries, changing: touched.size + open.daily.length + open.letters.length }
    tries += 1
    sides.progress.say(`Looking again at what has changed meanwhile (${tries} of ${TRIES_MAX})`)
    open = await laterRound(sides, open, {
      dispatched: next.dispatched,
      round: tries,
      touched: new Set(touched),
    })
    now = next
  }
  return { tries, changing: 0 }
}

/**
 * Folds the whole log, and compares what comes out with every view of ClickHouse that depends on it. Memory is bounded: what
 * the log and ClickHouse say is sorted into files by report id, and folded and compared a bucket at a time.
 * @throws AppError `read_side_not_ready` when the lander does not come to the end of the log, and whatever reading throws.
 */
export const verifyReadSide = async (
  parts: VerificationParts,
  options: VerificationOptions,
): Promise<Verification> => {
  parts.progress.say('Waiting for the dispatcher and the lander to come to the end of the log')
  const caughtUp = await catchUp(parts.log, options.waitSeconds, parts.signal)
  const sides = openSides(parts, options, lengthOf(caughtUp.ends))
  await readTo(sides, [], caughtUp, true)
  sides.progress.say('Asking ClickHouse')
  const { open, reports, akimatDays, deadLetters } = await firstRound(sides, caughtUp.dispatched)
  const log = sides.logSide.counts()
  await compareEvents(sides, caughtUp)
  const settled = await settleAll(sides, open, caughtUp)
  return { log, reports, akimatDays, deadLetters, tally: sides.tally, ...settled }
}
