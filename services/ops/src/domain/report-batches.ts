import type { NumberedLine, Position } from './numbered-lines.ts'

export interface BatchLine {
  readonly number: number
  readonly content: Uint8Array
}

/** Consecutive lines of a file: those to send, and the numbers of those that are too long to be. */
export interface ReportBatch {
  readonly lines: readonly BatchLine[]
  readonly tooLong: readonly number[]
  /** Where the next batch begins. */
  readonly end: Position
}

export interface BatchBounds {
  readonly linesMax: number
  /** Of all its lines, each with a line feed. A batch of one line may have more. */
  readonly bytesMax: number
}

const isBlank = (content: Uint8Array): boolean =>
  content.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)

const createBatch = (end: Position) => ({ lines: [] as BatchLine[], tooLong: [] as number[], bytes: 0, end })
type OpenBatch = ReturnType<typeof createBatch>

const isFullFor = (
  batch: OpenBatch,
  { content }: NumberedLine,
  { linesMax, bytesMax }: BatchBounds,
): boolean => {
  const count = batch.lines.length + batch.tooLong.length
  return count >= linesMax || (batch.lines.length > 0 && batch.bytes + (content?.length ?? 0) + 1 > bytesMax)
}

const add = (batch: OpenBatch, { number, content, end }: NumberedLine): void => {
  batch.end = end
  if (content === undefined) {
    batch.tooLong.push(number)
  } else if (!isBlank(content)) {
    batch.lines.push({ number, content })
    batch.bytes += content.length + 1
  }
}

/** Lines in batches within the bounds, in order. Blank lines are left out, and counted all the same. */
export async function* reportBatches(
  lines: AsyncIterable<NumberedLine>,
  bounds: BatchBounds,
): AsyncGenerator<ReportBatch> {
  let batch: OpenBatch | undefined
  for await (const line of lines) {
    if (batch !== undefined && isFullFor(batch, line, bounds)) {
      yield batch
      batch = undefined
    }
    batch ??= createBatch(line.end)
    add(batch, line)
  }
  if (batch !== undefined) yield batch
}
