import { Readable } from 'node:stream'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { numberedLines, START } from './numbered-lines.ts'
import { type BatchBounds, type ReportBatch, reportBatches } from './report-batches.ts'

const batchesOf = async (
  text: string,
  bounds: BatchBounds,
  lineMax = 50,
): Promise<readonly ReportBatch[]> => {
  const chunks = Readable.from([Buffer.from(text)])
  const batches: ReportBatch[] = []
  for await (const batch of reportBatches(numberedLines(chunks, START, lineMax), bounds)) batches.push(batch)
  return batches
}

const bytesOf = ({ lines }: ReportBatch): number =>
  lines.reduce((sum, { content }) => sum + content.length + 1, 0)

describe('batches of reports', () => {
  test('hold every line that is not blank, once and in order, within the bounds', async () => {
    const line = fc.oneof(fc.stringMatching(/^[a-zж]{1,20}$/), fc.constant(''), fc.constant(' \t\r'))
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 5 }), async (lines, linesMax) => {
        const bounds = { linesMax, bytesMax: 45 }
        const batches = await batchesOf(lines.map((each) => `${each}\n`).join(''), bounds)
        const sent = batches.flatMap((batch) =>
          batch.lines.map(({ number, content }) => [number, Buffer.from(content).toString()] as const),
        )
        expect(sent).toEqual(
          lines.flatMap((each, index) => (each.trim() === '' ? [] : [[index + 1, each] as const])),
        )
        for (const batch of batches) {
          expect(batch.lines.length).toBeLessThanOrEqual(linesMax)
          expect(batch.lines.length === 1 || bytesOf(batch) <= bounds.bytesMax).toBe(true)
        }
        expect(batches.at(-1)?.end.lines ?? 0).toBe(lines.length)
      }),
    )
  })

  test('end where the next begins, so that a submission can go on there', async () => {
    const batches = await batchesOf('aa\nbb\n\ncc\n', { linesMax: 1, bytesMax: 100 })
    expect(batches.map(({ end }) => end)).toEqual([
      { lines: 1, bytes: 3 },
      { lines: 2, bytes: 6 },
      { lines: 4, bytes: 10 },
    ])
  })

  test('name lines that are too long, and do not hold them', async () => {
    const [batch] = await batchesOf(`${'x'.repeat(51)}\nshort\n`, { linesMax: 10, bytesMax: 100 })
    expect(batch?.tooLong).toEqual([1])
    expect(batch?.lines.map(({ number }) => number)).toEqual([2])
  })
})
