import { Readable } from 'node:stream'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type NumberedLine, numberedLines, START } from './numbered-lines.ts'

const inPieces = (bytes: Uint8Array, cuts: readonly number[]): AsyncIterable<Uint8Array> => {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  return Readable.from(places.slice(1).map((end, index) => bytes.subarray(places[index], end)))
}

const allOf = async (lines: AsyncIterable<NumberedLine>): Promise<readonly NumberedLine[]> => {
  const all: NumberedLine[] = []
  for await (const line of lines) all.push(line)
  return all
}

const readLines = (
  text: string,
  cuts: readonly number[] = [],
  bytesMax = 100,
): Promise<readonly NumberedLine[]> =>
  allOf(numberedLines(inPieces(Buffer.from(text), cuts), START, bytesMax))

const textOf = ({ content }: NumberedLine): string | undefined =>
  content === undefined ? undefined : Buffer.from(content).toString()

describe('numbered lines', () => {
  test('are those of the file, wherever its bytes are cut', async () => {
    const line = fc.stringMatching(/^[^\n]{0,12}$/)
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.boolean(), fc.array(fc.nat(500)), async (lines, ended, cuts) => {
        const text = lines.map((each) => `${each}\n`).join('') + (ended ? '' : 'last')
        const found = await readLines(text, cuts)
        expect(found.map(textOf)).toEqual(ended ? lines : [...lines, 'last'])
        expect(found.at(-1)?.end ?? START).toEqual({ lines: found.length, bytes: Buffer.byteLength(text) })
      }),
    )
  })

  test('can be read on from the end of any of them', async () => {
    const text = 'one\nтоғыз\n\nfour\nfive'
    const all = await readLines(text)
    for (const [index, { end }] of all.entries()) {
      const rest = inPieces(Buffer.from(text).subarray(end.bytes), [3])
      expect(await allOf(numberedLines(rest, end, 100))).toEqual(all.slice(index + 1))
    }
  })

  test('have no content when they are too long, and do not disturb their neighbours', async () => {
    const found = await readLines(
      `a\n${'x'.repeat(101)}\n${'y'.repeat(100)}\n${'z'.repeat(101)}`,
      [5, 50, 90],
    )
    expect(found.map(textOf)).toEqual(['a', undefined, 'y'.repeat(100), undefined])
    expect(found.map(({ number }) => number)).toEqual([1, 2, 3, 4])
  })
})
