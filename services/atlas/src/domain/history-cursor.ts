import type { HistoryEvent } from '@baqylau/contracts'
import { decodeValues, encodeValues, isUint64 } from './cursor.ts'

/** Where a page of a history ended. Version and position in the log never change, so no event is skipped or shown twice. */
export type HistoryPosition = Pick<HistoryEvent, 'version' | 'topic' | 'partition' | 'offset'>

/** A topic's name on the broker has at most this many characters. */
const TOPIC_LENGTH_MAX = 249
const UINT32_MAX = 2 ** 32 - 1

type Values = readonly [version: string, topic: string, partition: number, offset: string]

const isPosition = (values: readonly unknown[]): values is Values => {
  const [version, topic, partition, offset] = values
  const inLog =
    typeof topic === 'string' &&
    topic.length <= TOPIC_LENGTH_MAX &&
    topic.isWellFormed() &&
    Number.isInteger(partition) &&
    Number(partition) >= 0 &&
    Number(partition) <= UINT32_MAX
  return values.length === 4 && isUint64(version) && inLog && isUint64(offset)
}

/** The position as an opaque word for a URL. */
export const encodeHistoryCursor = ({ version, topic, partition, offset }: HistoryPosition): string =>
  encodeValues([version, topic, partition, offset] satisfies Values)

/** @throws AppError `invalid_query` when it is no cursor that `encodeHistoryCursor` made. */
export const decodeHistoryCursor = (cursor: string): HistoryPosition => {
  const [version, topic, partition, offset] = decodeValues(cursor, isPosition)
  return { version, topic, partition, offset }
}
