import { type CommittedPositions } from '../adapters/verified-log.ts'
import { placeOf, type Stretch } from '../domain/log-stretch.ts'
import type { Difference, DifferenceTally } from '../domain/verification/difference.ts'
import { letterName, openLetterBucket } from '../domain/verification/letter-comparison.ts'
import {
  akimatDayOf,
  type ReportBucket,
  type ReportCounts,
} from '../domain/verification/report-comparison.ts'
import { type CaughtUp, catchUp } from './caught-up.ts'
import { openDailyComparison } from './daily-comparison.ts'
import { explainReports } from './explanations.ts'
import type { Touched } from './log-side.ts'
import { compareReports, type KeepDifference, readBuckets } from './report-rounds.ts'
import { readTo, type Sides } from './sides.ts'

/** How often what differs is asked about again while the log goes on. */
const TRIES_MAX = 5
const LETTERS_PAGE = 25_000
/** Of reports, of akimats' days, of dead letters, and of what waits. */
const OPEN_MAX = 20_000

/** What is not alike, or cannot be told, as of one round, by how it can be looked at again. */
interface Open {
  readonly reports: readonly Difference[]
  readonly daily: readonly Difference[]
  readonly letters: readonly Difference[]
  /** Ids of reports that the dispatcher has not come to. */
  readonly waiting: ReadonlySet<string>
}

/** More than can be kept in memory are not asked about again: that is no report that happens to change. */
const keepIn =
  (open: Difference[], tally: DifferenceTally): KeepDifference =>
  (difference) => {
    if (open.length < OPEN_MAX) open.push(difference)
    else tally.add(difference)
  }

const letterNameOf = ({ step = '', position }: Difference): string =>
  position === undefined ? '' : letterName({ step, ...position })
const dayOf = ({ regionCode = '', day = '' }: Difference): string => akimatDayOf(regionCode, day)
const idsOf = (differences: readonly Difference[]): ReadonlySet<string> =>
  new Set(differences.flatMap(({ reportId }) => (reportId === undefined ? [] : [reportId])))

interface Round {
  readonly round: number
  readonly dispatched: CommittedPositions
}

const compareLetters = async (
  sides: Sides,
  { round, dispatched }: Round,
  keep: KeepDifference,
): Promise<number> => {
  const { letters: lines } = sides.logSide.counts()
  const rows = sides.directory.open(`letter-rows-${round}`, sides.letters.buckets)
  await sides.views.readLetters(Math.ceil(lines / LETTERS_PAGE) || 1, (row) =>
    rows.append(letterName(row), JSON.stringify(row)),
  )
  let letters = 0
  for (let index = 0; index < rows.buckets; index += 1) {
    const bucket = openLetterBucket()
    await sides.letters.read(index, bucket.add)
    await rows.read(index, bucket.add)
    for (const difference of bucket.compare(dispatched)) keep(difference)
    letters += bucket.letters()
  }
  return letters
}

export interface FirstRound {
  readonly open: Open
  readonly reports: ReportCounts
  /** Reports that wait for their enrichment, beyond those that are asked about again. */
  readonly waitingMore: number
  readonly akimatDays: number
  readonly deadLetters: number
}

/** Compares everything. */
export const compareAll = async (sides: Sides, dispatched: CommittedPositions): Promise<FirstRound> => {
  const open = { reports: [] as Difference[], daily: [] as Difference[], letters: [] as Difference[] }
  const waiting = new Set<string>()
  let waitingMore = 0
  const daily = openDailyComparison(sides.directory.open('daily-1', sides.events.buckets))
  const onBucket = (bucket: ReportBucket): void => {
    daily.add(bucket)
    for (const id of bucket.waiting(dispatched)) {
      if (waiting.size < OPEN_MAX) waiting.add(id)
      else waitingMore += 1
    }
  }
  const keep = keepIn(open.reports, sides.tally)
  const reports = await compareReports(sides, { round: 1, dispatched, onBucket, keep })
  const akimatDays = await daily.compare(sides.views, keepIn(open.daily, sides.tally))
  const letters = keepIn(open.letters, sides.tally)
  const deadLetters = await compareLetters(sides, { round: 1, dispatched }, letters)
  return { open: { ...open, waiting }, reports, waitingMore, akimatDays, deadLetters }
}

/** Looks at what is left, and at nothing else. */
const compareAgain = async (sides: Sides, left: Open, { round, dispatched }: Round): Promise<Open> => {
  const open = { reports: [] as Difference[], daily: [] as Difference[], letters: [] as Difference[] }
  const waiting = new Set<string>()
  const only = new Set([...idsOf(left.reports), ...left.waiting])
  const onBucket = (bucket: ReportBucket): void => {
    for (const id of bucket.waiting(dispatched)) if (only.has(id)) waiting.add(id)
  }
  const keep = keepIn(open.reports, sides.tally)
  if (only.size > 0) await compareReports(sides, { round, dispatched, only, onBucket, keep })
  if (left.daily.length > 0) {
    const days = new Set(left.daily.map(dayOf))
    const daily = openDailyComparison(sides.directory.open(`daily-${round}`, sides.events.buckets))
    for await (const bucket of readBuckets(sides)) daily.add(bucket)
    const keepDay = keepIn(open.daily, sides.tally)
    await daily.compare(sides.views, (difference) => {
      if (days.has(dayOf(difference))) keepDay(difference)
    })
  }
  if (left.letters.length > 0) {
    const names = new Set(left.letters.map(letterNameOf))
    const keepLetter = keepIn(open.letters, sides.tally)
    await compareLetters(sides, { round, dispatched }, (difference) => {
      if (names.has(letterNameOf(difference))) keepLetter(difference)
    })
  }
  return { ...open, waiting }
}

/** Those of these akimats' days that a report belongs, or belonged, to of which something was read in this round. */
const touchedDays = async (
  sides: Sides,
  daily: readonly Difference[],
  round: number,
): Promise<ReadonlySet<string>> => {
  const touched = new Set<string>()
  if (daily.length === 0) return touched
  const days = new Set(daily.map(dayOf))
  for await (const bucket of readBuckets(sides))
    for (const day of bucket.touchedDays(round)) if (days.has(day)) touched.add(day)
  return touched
}

/** Tells what differs although nothing was said of it meanwhile, and returns what may have changed. */
const settle = async (
  sides: Sides,
  open: Open,
  { touched, round }: { readonly touched: Touched; readonly round: number },
): Promise<Open> => {
  const days = await touchedDays(sides, open.daily, round)
  const isLeft = {
    report: ({ reportId = '' }: Difference) => touched.reports.has(reportId),
    day: (difference: Difference) => days.has(dayOf(difference)),
    letter: (difference: Difference) => touched.letters.has(letterNameOf(difference)),
  }
  const { firstMax } = sides.options
  const reports = open.reports.filter((difference) => !isLeft.report(difference))
  const settled = [
    ...(await explainReports(reports.slice(0, firstMax), sides)),
    ...reports.slice(firstMax),
    ...open.daily.filter((difference) => !isLeft.day(difference)),
    ...open.letters.filter((difference) => !isLeft.letter(difference)),
  ]
  for (const difference of settled) sides.tally.add(difference)
  return {
    reports: open.reports.filter(isLeft.report),
    daily: open.daily.filter(isLeft.day),
    letters: open.letters.filter(isLeft.letter),
    waiting: open.waiting,
  }
}

const samePlaces = (one: CommittedPositions, other: CommittedPositions): boolean =>
  one.size === other.size && [...other].every(([place, offset]) => one.get(place) === offset)

const highsOf = (ends: readonly Stretch[]): CommittedPositions =>
  new Map(ends.map(({ topic, partition, high }) => [placeOf(topic, partition), high]))

const isStill = (now: CaughtUp, next: CaughtUp): boolean =>
  samePlaces(highsOf(now.ends), highsOf(next.ends)) && samePlaces(now.dispatched, next.dispatched)

const differencesIn = ({ reports, daily, letters }: Open): number =>
  reports.length + daily.length + letters.length

export interface Settled {
  readonly tries: number
  /** What could not be compared, because it changed whenever it was looked at. */
  readonly changing: number
  /** Reports that the dispatcher has not come to in the time that it was given. */
  readonly waiting: number
}

/** Looks again at what differs for as long as the log goes on and may be the reason, and tells what is left in the end. */
export const settleAll = async (sides: Sides, first: Open, from: CaughtUp): Promise<Settled> => {
  let [open, now, tries] = [first, from, 1]
  while (differencesIn(open) + open.waiting.size > 0) {
    const letters = new Set(open.letters.map(letterNameOf))
    const touched = sides.logSide.watch({ reports: idsOf(open.reports), letters })
    const next = await catchUp(sides.log, sides.options.waitSeconds, sides.signal)
    await readTo(sides, now.ends, next, tries + 1)
    const left = await settle(sides, open, { touched, round: tries + 1 })
    if (tries === TRIES_MAX || isStill(now, next))
      return { tries, changing: differencesIn(left), waiting: left.waiting.size }
    tries += 1
    sides.progress.say(`Looking again at what has changed meanwhile (${tries} of ${TRIES_MAX})`)
    open = await compareAgain(sides, left, { round: tries, dispatched: next.dispatched })
    now = next
  }
  return { tries, changing: 0, waiting: 0 }
}
