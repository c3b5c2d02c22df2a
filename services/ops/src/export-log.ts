import { AppError, type Topic, topicName, topicOf } from '@baqylau/contracts'
import type { LogRecord } from '@baqylau/kafka'
import {
  createExportFile,
  type ExportFileWriter,
  newFileName,
  saveManifest,
} from './adapters/export-directory.ts'
import type { RecordProgress } from './adapters/record-progress.ts'
import type { WholeLog } from './adapters/whole-log.ts'
import { exportedUpTo, type ExportManifest, withFile } from './domain/export-manifest.ts'
import { writeExportedRecord } from './domain/exported-record.ts'
import { lengthOf, placeOf, type Positions, type Stretch, stretchesFrom } from './domain/log-stretch.ts'

/**
 * Effects before their causes: what a record refers to was in the log before it, so it is below an end that is looked up later.
 * Else a letter could name a place that the exported `reports` lacks, and that another report would take after an import.
 */
const ENDS_ORDER: readonly Topic[] = ['dead-letters', 'decisions', 'incidents', 'enrichments', 'reports']

/** A file ends when its records have so many characters, uncompressed: that is what an interruption costs, of each partition. */
const FILE_LENGTH_MAX = 64_000_000

export interface ExportParts {
  readonly directory: string
  readonly log: WholeLog
  readonly topicPrefix: string
  readonly progress: RecordProgress
  readonly now: () => Date
  /** Stops the export where it can be taken up again. */
  readonly signal: AbortSignal
}

interface OpenFile {
  readonly name: string
  readonly writer: ExportFileWriter
  readonly first: bigint
  length: number
}

interface Files {
  readonly add: (records: readonly LogRecord[]) => Promise<void>
  readonly finishAll: () => Promise<void>
}

const requireNext = ({ topic, partition, offset }: LogRecord, expected: bigint): void => {
  if (BigInt(offset) === expected) return
  throw new AppError(
    'log_differs',
    `${placeOf(topic, partition)} has a gap: after ${expected - 1n} comes ${offset}. Such a log cannot be put back as it was.`,
  )
}

/** Writes the records of partitions, each into files of its own, and names them in the manifest when they are on the disk. */
const createFiles = (parts: ExportParts, manifest: ManifestHolder): Files => {
  const open = new Map<string, OpenFile>()
  const next = new Map<string, bigint>(
    Object.entries(exportedUpTo(manifest.get())).map(([place, offset]) => [place, BigInt(offset)]),
  )

  const fileFor = (topic: Topic, partition: number): OpenFile => {
    const place = placeOf(topic, partition)
    const found = open.get(place)
    if (found !== undefined) return found
    const first = next.get(place) ?? 0n
    const name = newFileName(topic, partition, first)
    const file = { name, writer: createExportFile(parts.directory, name), first, length: 0 }
    open.set(place, file)
    return file
  }
  const finish = async (topic: Topic, partition: number): Promise<void> => {
    const place = placeOf(topic, partition)
    const file = open.get(place)
    if (file === undefined) return
    open.delete(place)
    const { bytes, sha256 } = await file.writer.finish()
    const last = (next.get(place) ?? 0n) - 1n
    manifest.add({
      file: file.name,
      topic,
      partition,
      firstOffset: String(file.first),
      lastOffset: String(last),
      records: Number(last - file.first + 1n),
      bytes,
      sha256,
    })
  }
  return {
    add: async (records) => {
      const [head] = records
      if (head === undefined) return
      const topic = topicOf(parts.topicPrefix, head.topic)
      const { partition } = head
      const place = placeOf(topic, partition)
      const file = fileFor(topic, partition)
      for (const record of records) {
        requireNext(record, next.get(place) ?? 0n)
        const line = writeExportedRecord(record)
        await file.writer.write(line)
        file.length += line.length
        next.set(place, BigInt(record.offset) + 1n)
      }
      if (file.length >= FILE_LENGTH_MAX) await finish(topic, partition)
      parts.progress.advance(records.length)
    },
    finishAll: async () => {
      for (const place of open.keys()) {
        const [topic, partition] = place.split('/')
        await finish(topic as Topic, Number(partition))
      }
    },
  }
}

interface ManifestHolder {
  readonly get: () => ExportManifest
  readonly add: (file: ExportManifest['files'][number]) => void
}

const holdManifest = (initial: ExportManifest, { directory, now }: ExportParts): ManifestHolder => {
  let manifest = initial
  saveManifest(directory, manifest)
  return {
    get: () => manifest,
    add: (file) => {
      manifest = withFile(manifest, file, now().toISOString())
      saveManifest(directory, manifest)
    },
  }
}

const brokerPositions = (manifest: ExportManifest, prefix: string): Positions =>
  Object.fromEntries(
    Object.entries(exportedUpTo(manifest)).map(([place, offset]) => [`${prefix}${place}`, offset]),
  )

/** @throws AppError `log_differs` when the log begins behind its first record, or ends before what was exported already. */
const requireSameLog = (ends: readonly Stretch[], positions: Positions): void => {
  for (const { topic, partition, low, high } of ends) {
    const place = placeOf(topic, partition)
    if (low > 0n) {
      throw new AppError(
        'log_differs',
        `${place} begins at ${low}: what came before is deleted. Such a log cannot be put back as it was.`,
      )
    }
    if (BigInt(positions[place] ?? 0) > high) {
      throw new AppError(
        'log_differs',
        `${place} ends at ${high}, and the export holds more. This is another log: name another directory.`,
      )
    }
  }
}

const lookUpEnds = async ({
  log,
  topicPrefix,
}: ExportParts): Promise<ReadonlyMap<string, readonly Stretch[]>> => {
  const ends = new Map<string, readonly Stretch[]>()
  for (const topic of ENDS_ORDER) ends.set(topic, await log.ends(topicName(topicPrefix, topic)))
  return ends
}

/**
 * Writes what the directory does not have yet of the log, topic by topic, and returns the manifest. While stages run, what is
 * written is a cut of the log that holds whatever its records refer to. Stopped, it can be called
 * again; later, it adds what came since.
 * @throws AppError `log_differs`, `export_damaged`; the signal's reason.
 */
export const exportLog = async (parts: ExportParts, begun: ExportManifest): Promise<ExportManifest> => {
  const { log, topicPrefix, progress, signal } = parts
  const manifest = holdManifest(begun, parts)
  const allEnds = await lookUpEnds(parts)
  for (const { topic } of begun.topics) {
    const ends = allEnds.get(topic) ?? []
    const positions = brokerPositions(manifest.get(), topicPrefix)
    requireSameLog(ends, positions)
    const stretches = stretchesFrom(ends, positions)
    const files = createFiles(parts, manifest)
    progress.begin(`exporting ${topic}`, lengthOf(stretches))
    await log.read(stretches, files.add, signal)
    await files.finishAll()
  }
  return manifest.get()
}
