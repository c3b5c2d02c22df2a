import { type EventDeadLettered, recordRefused, type Topic, versionOutageOf } from '@baqylau/contracts'
import { createBlockLanding, type LandingRow, type LogRecord, readRow } from '@baqylau/landing'
import { type GroupCommit, type Standstill, untilItPasses } from '@baqylau/service-kit'
import type { Clock, DeadLetterLog, Landing } from './ports.ts'
import type { LanderTelemetry } from './telemetry.ts'

/** Consecutive records of one partition. */
export interface LandingBatch {
  readonly records: readonly LogRecord[]
  readonly signal: AbortSignal
  readonly commit: (record: LogRecord) => Promise<void>
}

export interface InsertParts {
  readonly landing: Landing
  readonly deadLetters: DeadLetterLog
  readonly clock: Clock
  readonly telemetry: LanderTelemetry
  /** Ends the trying when a stop can wait no longer. */
  readonly graceOver: AbortSignal
}

const buryAll = async (letters: readonly EventDeadLettered[], parts: InsertParts): Promise<void> => {
  if (letters.length === 0) return
  parts.telemetry.buried(letters)
  await untilItPasses(() => parts.deadLetters.append(letters), {
    signal: parts.graceOver,
    onFault: parts.telemetry.logFault,
  })
}

/**
 * Writes rows to ClickHouse, for as long as it takes: while ClickHouse is away nothing else is taken in. A row that it
 * refuses becomes a dead letter, and those beside it land (see `createBlockLanding`).
 * @throws AppError `read_side_not_ready`: an outage that somebody has to mend.
 */
export const insertRows = (parts: InsertParts): ((rows: readonly LandingRow[]) => Promise<void>) => {
  const { landing, telemetry, graceOver, clock } = parts
  const land = createBlockLanding({
    landing,
    patiently: (attempt) => untilItPasses(attempt, { signal: graceOver, onFault: telemetry.landingFault }),
  })
  return async (rows) => {
    const refused = await land(rows)
    const now = clock()
    const letters = refused.map(({ item: { record }, error }) =>
      recordRefused(
        'lander',
        { record, code: 'row_rejected', detail: error instanceof Error ? error.message : '' },
        now,
      ),
    )
    await buryAll(letters, parts)
    telemetry.landed(rows)
  }
}

export interface LanderParts extends InsertParts {
  /** Gathers the rows of all partitions into blocks, and writes them with `insertRows`. */
  readonly blocks: GroupCommit<LandingRow>
  /** The topic that a broker's name stands for. */
  readonly topicOf: (name: string) => Topic
  /** Where it ends when nothing more can be read. */
  readonly standstill: Pick<Standstill, 'endure' | 'doubt' | 'moved'>
}

/** The readings of a batch. A few events from the future are dead letters, if others can be read at the same time. */
const takenOf = async ({ records, signal }: LandingBatch, { topicOf, standstill }: LanderParts) => {
  const [first] = records
  if (first === undefined) return { taken: [], outage: undefined }
  const topic = topicOf(first.topic)
  const readings = records.map((record) => readRow(topic, record))
  // Of the same topic alone: that enrichments can be read says nothing of the reports that came since.
  if (readings.some(({ ok }) => ok)) standstill.moved(topic)
  const outage = versionOutageOf(readings.map((reading) => (reading.ok ? undefined : reading)))
  if (outage === undefined) return { taken: readings, outage: undefined }
  if (outage.isCertain) return { taken: readings.slice(0, outage.begin), outage: outage.error }
  await standstill.doubt(outage.error, topic, signal)
  return { taken: readings, outage: undefined }
}

/**
 * Lands a batch, then commits it: never the other way round. What cannot be read becomes a dead letter first.
 * @throws AppError `event_version_unsupported` when what is left of the batch needs a newer lander.
 */
export const createLander =
  (parts: LanderParts) =>
  async (batch: LandingBatch): Promise<void> => {
    const { records, signal, commit } = batch
    const { taken, outage } = await takenOf(batch, parts)
    const now = parts.clock()
    const rows = taken.flatMap((reading) => (reading.ok ? [reading.row] : []))
    const letters = taken.flatMap((reading) => (reading.ok ? [] : [recordRefused('lander', reading, now)]))
    // What is taken away in an outage must not wait for its end: with every rebalance it would be read and wait once more.
    await Promise.all([parts.blocks.submit(rows, signal), buryAll(letters, parts)])
    const last = records[taken.length - 1]
    if (last !== undefined && !signal.aborted) await commit(last)
    if (outage !== undefined) await parts.standstill.endure(outage, signal)
  }
