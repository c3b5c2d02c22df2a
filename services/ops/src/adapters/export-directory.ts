import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  accessSync,
  closeSync,
  constants,
  createReadStream,
  createWriteStream,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress, createZstdDecompress } from 'node:zlib'
import { AppError } from '@baqylau/contracts'
import { type ExportedFile, type ExportManifest, readManifest } from '../domain/export-manifest.ts'
import { type ExportedRecord, readExportedRecord } from '../domain/exported-record.ts'
import { numberedLines, START } from '../domain/numbered-lines.ts'

const MANIFEST = 'manifest.json'
/** Not whole yet; what an interrupted run leaves is removed by the next. */
const PARTIAL = '.partial'
/** The directory may hold what is somebody else's. */
const OWN_PARTIAL = /^(?:manifest\.json|[a-z-]+-\d{5}-\d{19}-[0-9a-f]{8}\.ndjson\.zst)\.partial$/
/** The events hold what is personal. */
const OWNER_ONLY = 0o600
const FOLDER_OWNER_ONLY = 0o700
/** Of a message of 4 MiB, should all of it have to be escaped. */
const LINE_BYTES_MAX = 32 * 1024 * 1024

const damaged = (file: string, what: string, cause?: unknown): AppError =>
  new AppError('export_damaged', `${file} ${what}. Take another copy of the export.`, { cause })

/** A name is in its directory for good when the directory is written, too. */
const syncDirectory = (directory: string): void => {
  const descriptor = openSync(directory, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}

const putInPlace = (directory: string, name: string): void => {
  renameSync(path.join(directory, name + PARTIAL), path.join(directory, name))
  syncDirectory(directory)
}

/** The name of a new file for the records of a partition from an offset on. */
export const newFileName = (topic: string, partition: number, first: bigint): string => {
  // Random: what an interrupted run has put in place without naming it in the manifest is not written over.
  const run = randomBytes(4).toString('hex')
  return `${topic}-${String(partition).padStart(5, '0')}-${String(first).padStart(19, '0')}-${run}.ndjson.zst`
}

const unwritable = (directory: string, cause: unknown): AppError =>
  new AppError('invalid_configuration', `${directory} cannot be written.`, { cause })

/** Makes the directory. @throws AppError `invalid_configuration`. */
export const makeDirectory = (directory: string): void => {
  try {
    mkdirSync(directory, { recursive: true, mode: FOLDER_OWNER_ONLY })
    accessSync(directory, constants.W_OK)
  } catch (cause) {
    throw unwritable(directory, cause)
  }
}

/** Removes what an interrupted run left half written: nobody else may be writing. @throws AppError `invalid_configuration`. */
export const removePartialFiles = (directory: string): void => {
  try {
    for (const name of readdirSync(directory)) {
      if (OWN_PARTIAL.test(name)) rmSync(path.join(directory, name))
    }
  } catch (cause) {
    throw unwritable(directory, cause)
  }
}

/** The manifest of an export; undefined when there is none. @throws AppError `export_damaged`. */
export const loadManifest = (directory: string): ExportManifest | undefined => {
  const file = path.join(directory, MANIFEST)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
  try {
    const manifest = readManifest(JSON.parse(text))
    if (manifest !== undefined) return manifest
  } catch (cause) {
    throw damaged(file, 'is no manifest of an export', cause)
  }
  throw damaged(file, 'is no manifest of an export that this version reads')
}

/** Written whole, or not at all. */
export const saveManifest = (directory: string, manifest: ExportManifest): void => {
  const descriptor = openSync(path.join(directory, MANIFEST + PARTIAL), 'w', OWNER_ONLY)
  writeSync(descriptor, `${JSON.stringify(manifest, undefined, 2)}\n`)
  fsyncSync(descriptor)
  closeSync(descriptor)
  putInPlace(directory, MANIFEST)
}

/** A file of an export while it is written. */
export interface ExportFileWriter {
  readonly write: (text: string) => Promise<void>
  /** Resolves when the file is on the disk, under its name. */
  readonly finish: () => Promise<Pick<ExportedFile, 'bytes' | 'sha256'>>
}

export const createExportFile = (directory: string, name: string): ExportFileWriter => {
  const compressor = createZstdCompress()
  const hash = createHash('sha256')
  let bytes = 0
  const measure = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk)
      bytes += chunk.byteLength
      done(undefined, chunk)
    },
  })
  const file = createWriteStream(path.join(directory, name + PARTIAL), { mode: OWNER_ONLY, flush: true })
  const written = pipeline(compressor, measure, file)
  // Whoever writes or finishes next is told.
  written.catch(() => undefined)
  return {
    write: async (text) => {
      if (!compressor.write(text)) await Promise.race([once(compressor, 'drain'), written])
    },
    finish: async () => {
      compressor.end()
      await written
      putInPlace(directory, name)
      return { bytes, sha256: hash.digest('hex') }
    },
  }
}

/** @throws AppError `export_damaged` when a file is missing, or not as it was written. */
export const verifyFile = async (directory: string, { file, bytes, sha256 }: ExportedFile): Promise<void> => {
  const hash = createHash('sha256')
  let length = 0
  try {
    for await (const chunk of createReadStream(path.join(directory, file))) {
      hash.update(chunk as Buffer)
      length += (chunk as Buffer).byteLength
    }
  } catch (cause) {
    throw damaged(file, 'cannot be read', cause)
  }
  if (length !== bytes || hash.digest('hex') !== sha256) throw damaged(file, 'is not as it was written')
}

/** The records of a file, in order, one after the other. @throws AppError `export_damaged`. */
export async function* readExportFile(
  directory: string,
  { file }: ExportedFile,
): AsyncGenerator<ExportedRecord> {
  const compressed = createReadStream(path.join(directory, file))
  const plain = createZstdDecompress()
  const reading = pipeline(compressed, plain).catch((error: unknown) => plain.destroy(error as Error))
  for await (const { number, content } of numberedLines(plain, START, LINE_BYTES_MAX)) {
    const record = content && readExportedRecord(Buffer.from(content).toString('utf8'))
    if (record === undefined) throw damaged(file, `holds no record in line ${number}`)
    yield record
  }
  await reading
}
