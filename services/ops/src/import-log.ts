import { setTimeout as pause } from 'node:timers/promises'
import { AppError, type Topic, topicName, TOPICS } from '@baqylau/contracts'
import type { LogRecord } from '@baqylau/kafka'
import { readExportFile, verifyFile } from './adapters/export-directory.ts'
import type { RecordProgress } from './adapters/record-progress.ts'
import type { LogWriter, WholeLog } from './adapters/whole-log.ts'
import { exportedUpTo, type ExportManifest, filesOf, firstGap } from './domain/export-manifest.ts'
import { type ExportedRecord, isSameRecord } from './domain/exported-record.ts'
import { placeOf, type Stretch } from './domain/log-stretch.ts'

const BATCH_RECORDS_MAX = 1000
const BATCH_BYTES_MAX = 1_000_000
const SEND_ATTEMPTS_MAX = 10
/** What a broker still has of a send that was given up is written within this time. */
const SETTLE_MS = 10_000

export interface ImportParts {
  readonly directory: string
  readonly log: WholeLog
  readonly writer: LogWriter
  readonly topicPrefix: string
  readonly progress: RecordProgress
  /** Stops the import where it can be taken up again. */
  readonly signal: AbortSignal
}

/** `reports` last: stages that run begin with them, and append to the other topics, which are complete then. */
const IMPORT_ORDER: readonly Topic[] = TOPICS.toSorted(
  (one, other) => Number(one === 'reports') - Number(other === 'reports'),
)

/** @throws AppError `export_damaged`, before anything is appended. */
const requireWhole = async (
  manifest: ExportManifest,
  { directory, progress, signal }: ImportParts,
): Promise<void> => {
  const gap = firstGap(manifest)
  if (gap !== undefined) {
    throw new AppError('export_damaged', `${gap.file} does not begin where the file before it ends.`)
  }
  progress.begin('checking', manifest.totals.records)
  for (const file of manifest.files) {
    signal.throwIfAborted()
    await verifyFile(directory, file)
    progress.advance(file.records)
  }
}

/** @throws AppError `log_differs` when the topics here have other partitions than those of the export. */
const requireSamePartitions = async (
  { topics }: ExportManifest,
  { log, topicPrefix }: ImportParts,
): Promise<void> => {
  const wanted = topics.map(({ topic, partitions, config }) => ({
    topic: topicName(topicPrefix, topic as Topic),
    partitions,
    config,
  }))
  const found = new Map((await log.describe(wanted)).map(({ topic, partitions }) => [topic, partitions]))
  for (const { topic, partitions } of wanted) {
    if (found.get(topic) === partitions) continue
    throw new AppError(
      'log_differs',
      `${topic} has ${found.get(topic) ?? 0} partitions, and the export ${partitions}. Make the topics with as many (KAFKA_PARTITIONS).`,
    )
  }
}

async function* recordsOf(
  manifest: ExportManifest,
  directory: string,
  topic: Topic,
  partition: number,
): AsyncGenerator<ExportedRecord> {
  for (const file of filesOf(manifest, topic, partition)) yield* readExportFile(directory, file)
}

/** One partition on its way in: what is left of it in the export, and how far the broker has it. */
interface Incoming {
  readonly topic: string
  readonly partition: number
  readonly records: AsyncGenerator<ExportedRecord>
  readonly there: bigint
  readonly end: bigint
}

const notEmpty = (place: string, why: string): AppError =>
  new AppError('log_differs', `${place} is neither empty nor the beginning of this export: ${why}.`)

const openTopic = async (
  manifest: ExportManifest,
  topic: Topic,
  { log, topicPrefix, directory }: ImportParts,
): Promise<readonly Incoming[]> => {
  const ends = await log.ends(topicName(topicPrefix, topic))
  const upTo = exportedUpTo(manifest)
  return ends.map(({ topic: name, partition, low, high }) => {
    const end = BigInt(upTo[placeOf(topic, partition)] ?? 0)
    if (low > 0n || high > end) {
      throw notEmpty(placeOf(name, partition), `it has ${low} to ${high}, and the export 0 to ${end}`)
    }
    const records = recordsOf(manifest, directory, topic, partition)
    return { topic: name, partition, records, there: high, end }
  })
}

/** Passes over what an interrupted import has appended, when it is the same. @throws AppError `log_differs`. */
const passOverWhatIsThere = async (
  partitions: readonly Incoming[],
  { log, progress, signal }: ImportParts,
): Promise<void> => {
  const stretches: readonly Stretch[] = partitions.map(({ topic, partition, there }) => ({
    topic,
    partition,
    low: 0n,
    high: there,
  }))
  const incoming = new Map(partitions.map((each) => [placeOf(each.topic, each.partition), each.records]))
  const compare = async (found: readonly LogRecord[]): Promise<void> => {
    for (const record of found) {
      const place = placeOf(record.topic, record.partition)
      const next = await incoming.get(place)?.next()
      if (next?.done !== false || !isSameRecord(next.value, record)) {
        throw notEmpty(place, `it has another message at ${record.offset}`)
      }
    }
    progress.advance(found.length)
  }
  await log.read(stretches, compare, signal)
}

const endOf = async (log: WholeLog, { topic, partition }: Incoming): Promise<bigint> =>
  (await log.ends(topic)).find((each) => each.partition === partition)?.high ?? -1n

/**
 * Appends a batch exactly once. When its acknowledgement does not come, the end of the partition says whether it is there; it is
 * looked at only when what the broker may still have of it is written.
 * @throws AppError `log_differs` when somebody else appends.
 */
const appendOnce = async (
  incoming: Incoming,
  batch: readonly ExportedRecord[],
  { log, writer, progress, signal }: ImportParts,
): Promise<void> => {
  const { topic, partition } = incoming
  const expected = BigInt(batch[0]?.offset ?? 0)
  for (let attempt = 1; ; attempt += 1) {
    try {
      await writer.send(
        batch.map(({ key, value, headers, timestamp }) => ({
          topic,
          partition,
          key,
          value,
          headers,
          timestamp,
        })),
      )
      return
    } catch (error) {
      if (attempt === SEND_ATTEMPTS_MAX) throw error
      progress.say('The broker did not acknowledge: looking whether it has the messages all the same.')
      await pause(SETTLE_MS, undefined, { signal })
    }
    const end = await endOf(log, incoming)
    if (end === expected + BigInt(batch.length)) return
    if (end !== expected) throw somebodyElse(incoming, end, expected)
  }
}

const somebodyElse = ({ topic, partition }: Incoming, end: bigint, expected: bigint): AppError =>
  new AppError(
    'log_differs',
    `${placeOf(topic, partition)} ends at ${end} instead of ${expected}: somebody else appends to it. Stop every stage, make the topics anew, and import again.`,
  )

const sizeOf = ({ key, value }: ExportedRecord): number => (key?.byteLength ?? 0) + (value?.byteLength ?? 0)

const appendRest = async (incoming: Incoming, parts: ImportParts): Promise<void> => {
  let batch: ExportedRecord[] = []
  let bytes = 0
  const flush = async (): Promise<void> => {
    parts.signal.throwIfAborted()
    if (batch.length === 0) return
    await appendOnce(incoming, batch, parts)
    parts.progress.advance(batch.length)
    batch = []
    bytes = 0
  }
  for await (const record of incoming.records) {
    if (batch.length >= BATCH_RECORDS_MAX || bytes + sizeOf(record) > BATCH_BYTES_MAX) await flush()
    batch.push(record)
    bytes += sizeOf(record)
  }
  await flush()
}

const importTopic = async (manifest: ExportManifest, topic: Topic, parts: ImportParts): Promise<bigint> => {
  const partitions = await openTopic(manifest, topic, parts)
  const there = partitions.reduce((sum, each) => sum + each.there, 0n)
  const all = partitions.reduce((sum, each) => sum + each.end, 0n)
  parts.progress.begin(`importing ${topic}`, Number(all))
  await passOverWhatIsThere(partitions, parts)
  for (const incoming of partitions) await appendRest(incoming, parts)
  for (const { partition, high } of await parts.log.ends(topicName(parts.topicPrefix, topic))) {
    const incoming = partitions.find((each) => each.partition === partition)
    if (incoming !== undefined && high !== incoming.end) throw somebodyElse(incoming, high, incoming.end)
  }
  return there
}

export interface Imported {
  readonly records: number
  /** Of them, those that were there already. */
  readonly alreadyThere: number
}

/**
 * Puts an export back: every message in its partition, at its offset. Stopped, it can be called again, and goes on.
 * @throws AppError `export_damaged`, `log_differs`; the signal's reason.
 */
export const importLog = async (parts: ImportParts, manifest: ExportManifest): Promise<Imported> => {
  await requireSamePartitions(manifest, parts)
  // Before the files are checked, which may take long.
  for (const topic of IMPORT_ORDER) await openTopic(manifest, topic, parts)
  await requireWhole(manifest, parts)
  let there = 0n
  for (const topic of IMPORT_ORDER) there += await importTopic(manifest, topic, parts)
  return { records: manifest.totals.records, alreadyThere: Number(there) }
}
