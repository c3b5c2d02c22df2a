import { createGroupCommit } from '@baqylau/service-kit'
import type { LogProducer, OutgoingRecord } from './producer.ts'

export interface LogAppender {
  /**
   * Resolves when the broker has acknowledged the records.
   * @throws AppError `log_unavailable`, or `overloaded` when more waits than may wait.
   */
  readonly append: (records: readonly OutgoingRecord[]) => Promise<void>
  /** Resolves when nothing is waiting or under way. */
  readonly drained: () => Promise<void>
  readonly pendingBytes: () => number
}

/** One send's bounds. All of its records may be of one partition, whose batch has to stay below a message's bound (4 MiB). */
const RECORDS_MAX = 2000
const BYTES_MAX = 1_000_000
const PENDING_BYTES_MAX = 32_000_000

/** kafkajs sends what it is given at once, one request a call. So what comes in during a send goes into the next together. */
export const gatherSends = (producer: LogProducer): LogAppender => {
  const { submit, drained, pendingBytes } = createGroupCommit<OutgoingRecord>({
    commit: producer.send,
    bytesOf: ({ value }) => value?.length ?? 0,
    itemsMax: RECORDS_MAX,
    bytesMax: BYTES_MAX,
    pendingBytesMax: PENDING_BYTES_MAX,
    lingerMs: 0,
  })
  return { append: submit, drained, pendingBytes }
}
