import { createHash } from 'node:crypto'
import {
  appendFileSync,
  closeSync,
  createReadStream,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { AppError } from '@baqylau/contracts'
import type { FileIdentity, SubmissionState } from '../domain/resume.ts'
import type { LineAnswer, SubmissionJournal } from '../ports.ts'

const HEAD_BYTES = 65_536
const OWNER_ONLY = 0o600

/** Size, time of the last change, and SHA-256 of the first 64 KiB. @throws AppError `invalid_configuration`. */
export const identify = (file: string): FileIdentity => {
  try {
    const descriptor = openSync(file, 'r')
    try {
      const head = Buffer.alloc(HEAD_BYTES)
      const length = readSync(descriptor, head, 0, HEAD_BYTES, 0)
      const { size, mtimeMs } = fstatSync(descriptor)
      return {
        size,
        mtimeMs,
        headSha256: createHash('sha256').update(head.subarray(0, length)).digest('hex'),
      }
    } finally {
      closeSync(descriptor)
    }
  } catch (cause) {
    throw new AppError('invalid_configuration', `${file} cannot be read.`, { cause })
  }
}

/** The bytes of a file from an offset on. */
export const readFrom = (file: string, offset: number): AsyncIterable<Uint8Array> =>
  createReadStream(file, { start: offset })

/** What was saved beside the file; undefined when there is nothing that can be read. */
export const readSavedState = (stateFile: string): unknown => {
  try {
    return JSON.parse(readFileSync(stateFile, 'utf8'))
  } catch {
    return undefined
  }
}

export interface JournalFiles {
  /** How far we are, while the submission is under way. */
  readonly state: string
  /** Lines that were refused, with the problem; made when there is one. */
  readonly refused: string
  /** Receipts are kept only when somebody asks: who has one can read what became of a report. */
  readonly receipts: string | undefined
}

const orExplain = (file: string, write: () => void): void => {
  try {
    write()
  } catch (cause) {
    throw new AppError('invalid_configuration', `${file} cannot be written. Name another with an option.`, {
      cause,
    })
  }
}

const appendLines = (file: string, rows: readonly unknown[]): void => {
  if (rows.length === 0) return
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  orExplain(file, () => appendFileSync(file, text, { mode: OWNER_ONLY }))
}

const saveState = (file: string, state: SubmissionState): void =>
  orExplain(file, () => {
    writeFileSync(`${file}.new`, JSON.stringify(state), { mode: OWNER_ONLY })
    renameSync(`${file}.new`, file)
  })

const removeIfThere = (file: string): void => {
  if (existsSync(file)) orExplain(file, () => rmSync(file))
}

/** Keeps answers in files: a submission that begins anew empties them, one that goes on adds to them. */
export const openJournal = (files: JournalFiles, from: SubmissionState): SubmissionJournal => {
  if (from.position.lines === 0) {
    for (const file of [files.refused, files.receipts]) if (file !== undefined) removeIfThere(file)
  }
  // An early end, before anything is sent, when nothing can be saved.
  saveState(files.state, from)
  return {
    record: (answers: readonly LineAnswer[], state) => {
      appendLines(
        files.refused,
        answers.filter((answer) => 'problem' in answer),
      )
      if (files.receipts !== undefined) {
        const receipts = answers.flatMap((answer) =>
          'accepted' in answer ? [{ line: answer.line, ...answer.accepted }] : [],
        )
        appendLines(files.receipts, receipts)
      }
      saveState(files.state, state)
    },
    finish: () => removeIfThere(files.state),
  }
}
