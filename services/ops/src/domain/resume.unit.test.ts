import { describe, expect, test } from 'vitest'
import { resumeFrom, type SubmissionState } from './resume.ts'

const file = { size: 1000, mtimeMs: 1_130_000_000_000.5, headSha256: 'a'.repeat(64) }
const destination = 'd'.repeat(64)
const saved: SubmissionState = {
  file,
  destination,
  position: { lines: 7, bytes: 700 },
  accepted: 6,
  refused: 1,
}
const beginning = { file, destination, position: { lines: 0, bytes: 0 }, accepted: 0, refused: 0 }

describe('an interrupted submission', () => {
  test('goes on where it was, through the form it is saved in', () => {
    expect(resumeFrom(JSON.parse(JSON.stringify(saved)), file, destination)).toEqual(saved)
  })

  test.each([
    ['nothing was saved', undefined, file, destination],
    ['what was saved is damaged', { ...saved, position: { lines: -1, bytes: 'x' } }, file, destination],
    ['the file has grown', saved, { ...file, size: 1001 }, destination],
    ['the file was written anew', saved, { ...file, mtimeMs: 1 }, destination],
    ['the file begins differently', saved, { ...file, headSha256: 'b'.repeat(64) }, destination],
    ['it goes to another intake, or from another author', saved, file, 'e'.repeat(64)],
    ['it is past the end', { ...saved, position: { lines: 7, bytes: 1001 } }, file, destination],
  ])('starts over when %s', (_why, state, identity, to) => {
    expect(resumeFrom(state, identity, to)).toEqual({ ...beginning, file: identity, destination: to })
  })
})
