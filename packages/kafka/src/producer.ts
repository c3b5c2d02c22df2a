import { CompressionTypes, type Message, Partitioners, type Producer, type TopicMessages } from 'kafkajs'
import { AppError } from '@baqylau/contracts'
import { connectTo, type KafkaConnection } from './connection.ts'

export interface OutgoingRecord {
  readonly topic: string
  /** The partition is chosen by it: what belongs together stays in order. */
  readonly key: string | Uint8Array | null
  readonly value: string | Uint8Array | null
  readonly headers?: Readonly<Record<string, Uint8Array>>
  /** Where it has to be, whatever the key says: for what is put back in its place. */
  readonly partition?: number
  /** Milliseconds since 1970; now, when it is left out. */
  readonly timestamp?: string
}

export interface LogProducer {
  /**
   * Resolves when every in-sync replica has the records. One call at a time.
   * @throws AppError `log_unavailable` after `sendMsMax`. The records may still land: their ids make that harmless.
   */
  readonly send: (records: readonly OutgoingRecord[]) => Promise<void>
  /** Undefined when the last send went well, else what went wrong with it. */
  readonly trouble: () => string | undefined
  readonly close: () => Promise<void>
}

export interface LogProducerOptions extends KafkaConnection {
  /** The deadline of one send, in milliseconds. */
  readonly sendMsMax: number
}

const COMPRESSED_BYTES_MIN = 32_768

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const messageOf = ({ key, value, headers, partition, timestamp }: OutgoingRecord): Message => ({
  key: key instanceof Uint8Array ? asBuffer(key) : key,
  value: value instanceof Uint8Array ? asBuffer(value) : value,
  ...(headers && {
    headers: Object.fromEntries(Object.entries(headers).map(([name, bytes]) => [name, asBuffer(bytes)])),
  }),
  ...(partition !== undefined && { partition }),
  ...(timestamp !== undefined && { timestamp }),
})

const byTopic = (records: readonly OutgoingRecord[]): TopicMessages[] => {
  const topics = new Map<string, Message[]>()
  for (const record of records) {
    const messages = topics.get(record.topic) ?? []
    messages.push(messageOf(record))
    topics.set(record.topic, messages)
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }))
}

/** Setting up a compressor costs more than a small batch has to save. */
const compressionFor = (records: readonly OutgoingRecord[]): CompressionTypes =>
  records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0) < COMPRESSED_BYTES_MIN
    ? CompressionTypes.None
    : CompressionTypes.ZSTD

const withDeadline = async (work: Promise<unknown>, msMax: number): Promise<void> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`no acknowledgement within ${msMax} ms`)), msMax)
  try {
    await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/**
 * An idempotent producer, acks=all. After any failed send its kafkajs producer is thrown away: that one would use the
 * sequence numbers of the failed batch again, for other messages, which a broker that did write the batch takes for
 * duplicates and acknowledges without writing.
 */
export const openProducer = (options: LogProducerOptions): LogProducer => {
  const kafka = connectTo(options)
  let current: Promise<Producer> | undefined
  let trouble: string | undefined

  const connect = async (): Promise<Producer> => {
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    })
    await producer.connect()
    return producer
  }
  const discard = (): void => {
    const old = current
    current = undefined
    old
      ?.then((producer) => producer.disconnect())
      .catch((error: unknown) => options.log.debug({ err: error }, 'disconnecting failed'))
  }

  return {
    send: async (records) => {
      try {
        current ??= connect()
        const sending = current.then((producer) =>
          producer.sendBatch({
            acks: -1,
            compression: compressionFor(records),
            topicMessages: byTopic(records),
          }),
        )
        await withDeadline(sending, options.sendMsMax)
        trouble = undefined
      } catch (cause) {
        discard()
        trouble = reasonOf(cause)
        throw new AppError(
          'log_unavailable',
          'The event log does not acknowledge. Send it again in a few seconds: what did get through is recognised.',
          { cause },
        )
      }
    },
    trouble: () => trouble,
    close: async () => {
      const producer = await current?.catch(() => undefined)
      await producer?.disconnect()
    },
  }
}
