import { setTimeout as pause } from 'node:timers/promises'
import { topicName } from '@baqylau/contracts'
import { withLogAdmin } from './adapters/log-admin.ts'
import type { RecordProgress } from './adapters/record-progress.ts'
import { startSecondDispatcher } from './adapters/second-dispatcher.ts'
import type { RebuildConfig } from './config.ts'
import { lengthOf, placeOf, type Positions, type Stretch, stretchesFrom } from './domain/log-stretch.ts'

const LOOK_MS = 500
/** So long without any progress is worth a word: it goes on all the same. */
const QUIET_MS_MAX = 60_000

export interface EnrichAgainParts {
  readonly config: RebuildConfig
  /** The name of the consumer group, behind the prefix: the same one goes on where it was. */
  readonly group: string
  readonly progress: RecordProgress
  readonly signal: AbortSignal
}

/** The reports that the group has still to have enriched, up to `ends`. */
const stretchesLeft = async (
  { config, group }: EnrichAgainParts,
  ends: readonly Stretch[],
): Promise<readonly Stretch[]> => {
  const prefix = config.KAFKA_TOPIC_PREFIX
  const committed = await withLogAdmin(config.KAFKA_BROKERS, (admin) =>
    admin.committedOffsets(`${prefix}${group}`, [topicName(prefix, 'reports')]),
  )
  const positions: Positions = Object.fromEntries(
    committed.map(({ topic, partition, offset }) => [placeOf(topic, partition), String(offset)]),
  )
  return stretchesFrom(ends, positions)
}

const untilAllEnriched = async (
  parts: EnrichAgainParts,
  ends: readonly Stretch[],
  requireRunning: () => void,
): Promise<void> => {
  const { progress, signal } = parts
  let left = lengthOf(await stretchesLeft(parts, ends))
  let movedAt = performance.now()
  progress.begin('enriching', left)
  while (left > 0) {
    await pause(LOOK_MS, undefined, { signal })
    requireRunning()
    const now = lengthOf(await stretchesLeft(parts, ends))
    if (now < left) movedAt = performance.now()
    else if (performance.now() - movedAt > QUIET_MS_MAX) {
      progress.say('Nothing was enriched for a minute: do the enrichers run? See "baqylau status".')
      movedAt = performance.now()
    }
    progress.advance(left - now)
    left = now
  }
}

/**
 * Has every report that is in the log now enriched again by the enrichers that run: a second dispatcher, on a group of its own,
 * gives them all to the queue beside the first, which goes on with what comes in. New enrichments are appended to the log, and
 * win where their version is the greater. Stopped and called again with the same group, it goes on where it was.
 * @throws AppError `job_failed` when the dispatcher ends by itself; the signal's reason.
 */
export const enrichAgain = async (parts: EnrichAgainParts): Promise<void> => {
  const { config, group, signal } = parts
  const { KAFKA_BROKERS: brokers, KAFKA_TOPIC_PREFIX: prefix } = config
  const ends = await withLogAdmin(brokers, (admin) => admin.topicEnds([topicName(prefix, 'reports')]))
  const dispatcher = startSecondDispatcher(group)
  try {
    await untilAllEnriched(parts, ends, dispatcher.requireRunning)
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    await dispatcher.stop()
  }
  await withLogAdmin(brokers, (admin) => admin.deleteGroup(`${prefix}${group}`))
}
