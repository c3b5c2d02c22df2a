import { type EventDeadLettered, topicName } from '@baqylau/contracts'
import type { LogAppender } from './gather-sends.ts'
import type { OutgoingRecord } from './producer.ts'

/** A dead letter as a record of its topic. */
export const deadLetterRecord = (letter: EventDeadLettered, topicPrefix: string): OutgoingRecord => ({
  topic: topicName(topicPrefix, 'dead-letters'),
  key: letter.subject,
  value: JSON.stringify(letter),
})

export interface DeadLetterLog {
  /** Resolves when the broker has acknowledged. @throws AppError `log_unavailable` or `overloaded`. */
  readonly append: (letters: readonly EventDeadLettered[]) => Promise<void>
}

export const deadLetterLog = (log: LogAppender, topicPrefix: string): DeadLetterLog => ({
  append: (letters) => log.append(letters.map((letter) => deadLetterRecord(letter, topicPrefix))),
})
