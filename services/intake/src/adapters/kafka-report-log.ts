import { topicName } from '@baqylau/contracts'
import { openProducer } from '@baqylau/kafka'
import { createGroupCommit, createProgressWatch, type Logger, type ProgressWatch } from '@baqylau/service-kit'
import type { IntakeConfig } from '../config.ts'
import type { ReportLog } from '../ports.ts'
import type { IntakeTelemetry } from '../telemetry.ts'
import { failTogether, type Numbered } from './fail-together.ts'

/** A group's bounds. Even if all of it is for one partition, it stays below the 4 MiB that a topic takes at once. */
const GROUP_EVENTS_MAX = 1000
const GROUP_BYTES_MAX = 1_000_000
const STUCK_MS = 60_000
/** A failed write makes us not ready for this long. Then others may try: without a write, nothing would ever mend it. */
const TROUBLE_MS = 10_000

export interface KafkaReportLog extends ReportLog {
  /** Undefined when the last write went well, or was long ago; else what was wrong with it. */
  readonly trouble: () => string | undefined
  readonly stuck: ProgressWatch['stuck']
  /** Resolves when everything that was handed in is written or refused, and the broker is left. */
  readonly close: () => Promise<void>
}

interface Entry extends Numbered {
  readonly key: string
  readonly value: Buffer
}

export interface KafkaReportLogParts {
  readonly config: IntakeConfig
  readonly log: Logger
  readonly telemetry: IntakeTelemetry
}

/** The `reports` topic: what comes in while a write is under way is written together next. Connects when first used. */
export const openKafkaReportLog = ({ config, log, telemetry }: KafkaReportLogParts): KafkaReportLog => {
  const producer = openProducer({
    brokers: config.KAFKA_BROKERS,
    clientId: 'intake',
    sendMsMax: config.INTAKE_SEND_MS_MAX,
    log,
  })
  const watch = createProgressWatch(STUCK_MS)
  const topic = topicName(config.KAFKA_TOPIC_PREFIX, 'reports')
  let tickets = 0
  let failedAtMs = 0
  const write = async (entries: readonly Entry[]): Promise<void> => {
    const begun = performance.now()
    try {
      await producer.send(entries.map(({ key, value }) => ({ topic, key, value })))
      telemetry.written(entries.length, (performance.now() - begun) / 1000)
    } catch (error) {
      failedAtMs = Date.now()
      telemetry.writeFailed(error)
      throw error
    }
  }
  const group = createGroupCommit<Entry>({
    commit: failTogether(write, () => tickets),
    bytesOf: ({ value }) => value.byteLength,
    itemsMax: GROUP_EVENTS_MAX,
    bytesMax: GROUP_BYTES_MAX,
    pendingBytesMax: config.INTAKE_PENDING_BYTES_MAX,
    lingerMs: 0,
  })
  telemetry.watchPending(group.pendingBytes)
  return {
    append: (event) => {
      tickets += 1
      const entry = { key: event.subject, value: Buffer.from(JSON.stringify(event)), ticket: tickets }
      return watch.during(group.submit([entry]))
    },
    trouble: () => (Date.now() - failedAtMs < TROUBLE_MS ? producer.trouble() : undefined),
    stuck: watch.stuck,
    close: async () => {
      await group.drained()
      await producer.close()
    },
  }
}
