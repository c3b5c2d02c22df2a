import { hash } from 'node:crypto'
import { appendFileSync, createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'

const BUFFERED_CHARACTERS_MAX = 2_000_000
const KEY_DIGITS = 8

/** Lines in files, by bucket of a key: what does not fit into memory as a whole is looked at a bucket at a time. */
export interface Spill {
  readonly buckets: number
  readonly append: (key: string, line: string) => void
  readonly read: (bucket: number, onLine: (line: string) => void) => Promise<void>
  readonly bucketOf: (key: string) => number
}

export interface SpillDirectory {
  readonly open: (name: string, buckets: number) => Spill
  /** Removes everything. */
  readonly remove: () => void
}

const openSpill = (directory: string, name: string, buckets: number): Spill => {
  const fileOf = (bucket: number): string => path.join(directory, `${name}-${bucket}`)
  const bucketOf = (key: string): number =>
    Number.parseInt(hash('sha256', key, 'hex').slice(0, KEY_DIGITS), 16) % buckets
  const lines = new Map<number, string[]>()
  let buffered = 0
  const flush = (): void => {
    for (const [bucket, some] of lines)
      appendFileSync(fileOf(bucket), `${some.join('\n')}\n`, { mode: 0o600 })
    lines.clear()
    buffered = 0
  }
  return {
    buckets,
    bucketOf,
    append: (key, line) => {
      const bucket = bucketOf(key)
      const some = lines.get(bucket)
      if (some === undefined) lines.set(bucket, [line])
      else some.push(line)
      buffered += line.length
      if (buffered > BUFFERED_CHARACTERS_MAX) flush()
    },
    read: async (bucket, onLine) => {
      flush()
      if (!existsSync(fileOf(bucket))) return
      const input = createReadStream(fileOf(bucket))
      for await (const line of createInterface({ input, crlfDelay: Infinity })) onLine(line)
    },
  }
}

/** A directory of its own for spilled lines, readable by this user alone; it goes with the process at the latest. */
export const openSpillDirectory = (parent = tmpdir()): SpillDirectory => {
  const directory = mkdtempSync(path.join(parent, 'baqylau-verify-'))
  const remove = (): void => rmSync(directory, { recursive: true, force: true })
  process.once('exit', remove)
  return {
    open: (name, buckets) => openSpill(directory, name, buckets),
    remove: () => {
      process.off('exit', remove)
      remove()
    },
  }
}
