import { AppError } from '@baqylau/contracts'
import { type LogRecord, readLog } from '@baqylau/kafka'
import { createTelemetry } from '@baqylau/service-kit'
import type { Stretch } from '../domain/log-stretch.ts'
import { withLogAdmin } from './log-admin.ts'

/** Standard output is the command's answer, so the client's own log is silent. */
const { log } = createTelemetry('ops', 'silent')

/** How much of the log a command holds at once. */
export interface ReadingBounds {
  /** As it is in the log, compressed: unpacked it is some ten times as much. */
  readonly fetchBytesMax: number
  readonly partitionsAtOnce: number
}

/** Hands stretches of the log over, each partition in order. Ends early with the signal's reason when that is aborted. */
export type ReadStretches = (
  stretches: readonly Stretch[],
  onBatch: (records: readonly LogRecord[]) => Promise<void>,
  signal?: AbortSignal,
) => Promise<void>

/** A reader of the log that commits nothing. It throws AppError `log_unavailable`, or what `onBatch` throws. */
export const readerOf =
  (brokers: string, bounds: ReadingBounds): ReadStretches =>
  (stretches, onBatch, signal) =>
    readLog({
      brokers,
      clientId: 'baqylau-ops',
      log,
      stretches,
      onBatch,
      ...bounds,
      ...(signal && { signal }),
    })

/** Where the partitions of topics begin and end. @throws AppError `invalid_configuration` when a topic is missing. */
export const endsOf = (brokers: string, topics: readonly string[]): Promise<readonly Stretch[]> =>
  withLogAdmin(brokers, async (admin) => {
    const missing = await admin.missingTopics(topics)
    if (missing.length === 0) return admin.topicEnds(topics)
    throw new AppError(
      'invalid_configuration',
      `Kafka has no topic ${missing.join(', ')}. Is it the right Kafka, and is KAFKA_TOPIC_PREFIX right?`,
    )
  })
