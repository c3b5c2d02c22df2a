import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { Topic } from '@baqylau/contracts'
import { placeOf, type Positions } from './log-stretch.ts'

const Count = Type.Integer({ minimum: 0 })
const Offset = Type.String({ pattern: '^\\d{1,19}$' })

const ExportedFile = Type.Object({
  /** Beside the manifest. */
  file: Type.String({ pattern: '^[a-z0-9.-]+$' }),
  /** Without the prefix of the deployment. */
  topic: Type.String(),
  partition: Count,
  firstOffset: Offset,
  lastOffset: Offset,
  records: Count,
  /** As they are on the disk, and their SHA-256. */
  bytes: Count,
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
})
export type ExportedFile = Static<typeof ExportedFile>

const ExportedTopic = Type.Object({
  topic: Type.String(),
  partitions: Count,
  config: Type.Record(Type.String(), Type.String()),
})

const ExportManifest = Type.Object({
  format: Type.Literal('baqylau-log-1'),
  topicPrefix: Type.String(),
  updatedAt: Type.String(),
  topics: Type.Array(ExportedTopic),
  files: Type.Array(ExportedFile),
  totals: Type.Object({ files: Count, records: Count, bytes: Count }),
})
/** What an export holds. The files of a partition follow one another without a gap, from offset 0 on. */
export type ExportManifest = Static<typeof ExportManifest>

/** The manifest that a document is, or undefined. */
export const readManifest = (document: unknown): ExportManifest | undefined =>
  Value.Check(ExportManifest, document) ? document : undefined

/** Adds a file, and adds up. */
export const withFile = (manifest: ExportManifest, file: ExportedFile, updatedAt: string): ExportManifest => {
  const files = [...manifest.files, file]
  return {
    ...manifest,
    updatedAt,
    files,
    totals: {
      files: files.length,
      records: manifest.totals.records + file.records,
      bytes: manifest.totals.bytes + file.bytes,
    },
  }
}

/** The offsets that the files of each partition reach, by `placeOf` the topic's name without prefix. */
export const exportedUpTo = ({ files }: ExportManifest): Positions =>
  Object.fromEntries(
    files.map(({ topic, partition, lastOffset }) => [
      placeOf(topic, partition),
      String(BigInt(lastOffset) + 1n),
    ]),
  )

/** The files of a partition, in the order of the log. */
export const filesOf = (
  { files }: ExportManifest,
  topic: Topic,
  partition: number,
): readonly ExportedFile[] => files.filter((file) => file.topic === topic && file.partition === partition)

/** The first file that does not begin where the one before it ends, or whose counts do not fit; undefined when all do. */
export const firstGap = ({ files }: ExportManifest): ExportedFile | undefined => {
  const next = new Map<string, bigint>()
  return files.find(({ topic, partition, firstOffset, lastOffset, records }) => {
    const expected = next.get(placeOf(topic, partition)) ?? 0n
    next.set(placeOf(topic, partition), BigInt(lastOffset) + 1n)
    return (
      BigInt(firstOffset) !== expected || BigInt(lastOffset) - BigInt(firstOffset) + 1n !== BigInt(records)
    )
  })
}
