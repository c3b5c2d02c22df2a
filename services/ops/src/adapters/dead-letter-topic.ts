import {
  type EventDeadLettered,
  type LogPosition,
  readDeadLetter,
  replayHeaders,
  topicName,
} from '@baqylau/contracts'
import { gatherSends, type LogRecord, openProducer, type OutgoingRecord } from '@baqylau/kafka'
import { createTelemetry } from '@baqylau/service-kit'
import type { DeadLettersConfig } from '../config.ts'
import { type DeadLetter, foldDeadLetters, formatId, type Replay } from '../domain/dead-letter.ts'
import { positionName } from '../domain/log-position.ts'
import { FEW_AT_ONCE, readPositions } from './log-positions.ts'
import { endsOf, readerOf } from './log-reading.ts'

const SEND_MS_MAX = 10_000
/** More would be too many bytes to wait for a send: what was fetched may be unpacked to a lot. */
const RECORDS_AT_ONCE = 100
const { log } = createTelemetry('ops', 'silent')

/** Without its payload, which may be a megabyte. */
const lettersIn = (records: readonly LogRecord[]): readonly EventDeadLettered[] =>
  records.flatMap(({ value }) => {
    const reading = readDeadLetter(value)
    return reading.ok ? [{ ...reading.event, data: { ...reading.event.data, payload: null } }] : []
  })

/**
 * The dead letters of these ids (`formatId`), as the log itself has them: for what has not landed, or cannot be asked for.
 * Reads the whole topic. @throws AppError `log_unavailable`.
 */
export const deadLettersInLog = async (
  { KAFKA_BROKERS, KAFKA_TOPIC_PREFIX }: DeadLettersConfig,
  ids: ReadonlySet<string>,
): Promise<readonly DeadLetter[]> => {
  const found: EventDeadLettered[] = []
  const ends = await endsOf(KAFKA_BROKERS, [topicName(KAFKA_TOPIC_PREFIX, 'dead-letters')])
  await readerOf(KAFKA_BROKERS, FEW_AT_ONCE)(ends, (records) => {
    found.push(...lettersIn(records).filter(({ data }) => ids.has(formatId(data))))
    return Promise.resolve()
  })
  return [...foldDeadLetters(found).values()]
}

/** The message of a dead letter, from where it is in the log; undefined when it is not there any more. */
export const readMessage = async (
  { KAFKA_BROKERS }: DeadLettersConfig,
  position: LogPosition,
): Promise<LogRecord | undefined> => {
  let message: LogRecord | undefined
  await readPositions(KAFKA_BROKERS, [position], ([record]) => {
    message = record
    return Promise.resolve()
  })
  return message
}

/** The message as it was, to the last byte, and where it comes from. */
const again = (record: LogRecord, { origin }: Replay): OutgoingRecord => ({
  topic: record.topic,
  key: record.key,
  value: record.value,
  headers: { ...record.headers, ...replayHeaders(origin) },
})

/**
 * Appends the messages of dead letters to their topics once more, with the same keys; resolves when the broker has
 * acknowledged, and returns the positions at which the log has nothing. Twice does no harm: the same message is the same event.
 * @throws AppError `log_unavailable`; some may be there already then.
 */
export const appendAgain = async (
  { KAFKA_BROKERS }: DeadLettersConfig,
  replays: readonly Replay[],
): Promise<readonly LogPosition[]> => {
  const byPosition = new Map(replays.map((replay) => [positionName(replay.origin), replay]))
  const producer = openProducer({
    brokers: KAFKA_BROKERS,
    clientId: 'baqylau-ops',
    log,
    sendMsMax: SEND_MS_MAX,
  })
  const { append } = gatherSends(producer)
  try {
    return await readPositions(
      KAFKA_BROKERS,
      replays.map(({ origin }) => origin),
      async (records) => {
        const outgoing = records.flatMap((record) => {
          const replay = byPosition.get(positionName(record))
          return replay === undefined ? [] : [again(record, replay)]
        })
        for (let begin = 0; begin < outgoing.length; begin += RECORDS_AT_ONCE)
          await append(outgoing.slice(begin, begin + RECORDS_AT_ONCE))
      },
    )
  } finally {
    await producer.close()
  }
}
