import type { RecordProgress } from '../adapters/record-progress.ts'
import type { Spill, SpillDirectory } from '../adapters/spill.ts'
import { LETTER_TOPICS, REPORT_TOPICS, type VerifiedLog } from '../adapters/verified-log.ts'
import type { VerifiedViews } from '../adapters/verified-views.ts'
import { lengthOf, placeOf, type Stretch, stretchesFrom } from '../domain/log-stretch.ts'
import { type DifferenceTally, tallyDifferences } from '../domain/verification/difference.ts'
import { type EventBlocks, openEventBlocks } from '../domain/verification/event-blocks.ts'
import type { Choices } from '../domain/verification/report-comparison.ts'
import type { CaughtUp } from './caught-up.ts'
import { type LogSide, openLogSide } from './log-side.ts'

/** Of so many events a bucket is folded at once. */
const BUCKET_EVENTS = 10_000
const BUCKETS_MAX = 4000

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

/** What the log says, as far as it was read, and what was found. */
export interface Sides extends VerificationParts {
  readonly options: VerificationOptions
  readonly logSide: LogSide
  readonly events: Spill
  readonly letters: Spill
  readonly blocks: EventBlocks
  readonly choices: Choices
  readonly tally: DifferenceTally
}

export const openSides = (parts: VerificationParts, options: VerificationOptions, records: number): Sides => {
  const buckets = Math.min(BUCKETS_MAX, Math.max(1, Math.ceil(records / BUCKET_EVENTS)))
  const events = parts.directory.open('events', buckets)
  const letters = parts.directory.open('letters', buckets)
  const [letterTopic = ''] = parts.log.topics(LETTER_TOPICS)
  const [reportTopic = ''] = parts.log.topics(REPORT_TOPICS)
  const logSide = openLogSide({ letterTopic, reportTopic, events, letters, rowsAt: parts.views.rowsAt })
  const tally = tallyDifferences(options.firstMax)
  return { ...parts, options, logSide, events, letters, blocks: openEventBlocks(), choices: new Map(), tally }
}

/** Reads on to these ends: dead letters first, since they say which events may have no row. */
export const readTo = async (
  sides: Sides,
  from: readonly Stretch[],
  { ends }: CaughtUp,
  round: number,
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
        await sides.logSide.take(records, round, round === 1 ? sides.blocks : undefined)
        sides.progress.advance(records.length)
      },
      sides.signal,
    )
  }
}
