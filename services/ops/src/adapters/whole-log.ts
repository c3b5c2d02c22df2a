import { AppError, type TopicSpecification } from '@baqylau/contracts'
import { openProducer, type OutgoingRecord } from '@baqylau/kafka'
import { createTelemetry } from '@baqylau/service-kit'
import type { Stretch } from '../domain/log-stretch.ts'
import { withLogAdmin } from './log-admin.ts'
import { endsOf, readerOf, type ReadStretches } from './log-reading.ts'

const SOME_AT_ONCE = { fetchBytesMax: 2_000_000, partitionsAtOnce: 2 }
/** Long: a send whose answer does not come has to be looked after. */
const SEND_MS_MAX = 60_000

const { log } = createTelemetry('ops', 'silent')

/** The log as an export or import sees it: every topic, by the broker's names. */
export interface WholeLog {
  /** @throws AppError `invalid_configuration` when a topic is missing. */
  readonly describe: (wanted: readonly TopicSpecification[]) => Promise<readonly TopicSpecification[]>
  readonly ends: (topic: string) => Promise<readonly Stretch[]>
  readonly read: ReadStretches
}

export const openWholeLog = (brokers: string): WholeLog => ({
  describe: (wanted) =>
    withLogAdmin(brokers, async (admin) => {
      const missing = await admin.missingTopics(wanted.map(({ topic }) => topic))
      if (missing.length === 0) return admin.describeTopics(wanted)
      throw new AppError(
        'invalid_configuration',
        `Kafka has no topic ${missing.join(', ')}. Run "baqylau topics". Is KAFKA_TOPIC_PREFIX right?`,
      )
    }),
  ends: (topic) => endsOf(brokers, [topic]),
  read: readerOf(brokers, SOME_AT_ONCE),
})

export interface LogWriter {
  /** Resolves when the broker has acknowledged. @throws AppError `log_unavailable`: the records may still land. */
  readonly send: (records: readonly OutgoingRecord[]) => Promise<void>
  readonly close: () => Promise<void>
}

export const openLogWriter = (brokers: string): LogWriter =>
  openProducer({ brokers, clientId: 'baqylau-ops', log, sendMsMax: SEND_MS_MAX })
