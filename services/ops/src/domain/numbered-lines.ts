/** A place between two lines of a file. */
export interface Position {
  /** Lines before it. */
  readonly lines: number
  /** Bytes before it. */
  readonly bytes: number
}

export const START: Position = { lines: 0, bytes: 0 }

/** A line without its line feed. `content` is undefined when it has more bytes than it may. */
export interface NumberedLine {
  /** From 1. */
  readonly number: number
  readonly content: Uint8Array | undefined
  /** Where the next line begins. */
  readonly end: Position
}

const LINE_FEED = 0x0a

/** Gathers the bytes of one line, of which no more than the bound are kept. */
const createLine = (bytesMax: number) => {
  let pieces: Uint8Array[] = []
  let length = 0
  return {
    add: (piece: Uint8Array): void => {
      length += piece.length
      if (length <= bytesMax) pieces.push(piece)
      else pieces = []
    },
    isEmpty: (): boolean => length === 0,
    take: (): Uint8Array | undefined => {
      const content = length > bytesMax ? undefined : new Uint8Array(Buffer.concat(pieces))
      pieces = []
      length = 0
      return content
    },
  }
}

/**
 * The lines of a file whose bytes come in `chunks` from `from` on. However long a line is, no more than `bytesMax` bytes
 * of it are held. A last line need not end with a line feed.
 */
export async function* numberedLines(
  chunks: AsyncIterable<Uint8Array>,
  from: Position,
  bytesMax: number,
): AsyncGenerator<NumberedLine> {
  const line = createLine(bytesMax)
  let { lines, bytes } = from
  for await (const chunk of chunks) {
    let begin = 0
    for (let feed = chunk.indexOf(LINE_FEED); feed !== -1; feed = chunk.indexOf(LINE_FEED, begin)) {
      line.add(chunk.subarray(begin, feed))
      lines += 1
      yield { number: lines, content: line.take(), end: { lines, bytes: bytes + feed + 1 } }
      begin = feed + 1
    }
    line.add(chunk.subarray(begin))
    bytes += chunk.length
  }
  if (!line.isEmpty()) yield { number: lines + 1, content: line.take(), end: { lines: lines + 1, bytes } }
}
