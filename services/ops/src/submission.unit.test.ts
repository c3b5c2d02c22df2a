import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { AppError, problemOf, REPORT_BYTES_MAX } from '@baqylau/contracts'
import { resumeFrom, type SubmissionState } from './domain/resume.ts'
import type { IntakeAnswer, LineAnswer, PostReports } from './ports.ts'
import { submitReports } from './submission.ts'

const start = resumeFrom(undefined, { size: 1, mtimeMs: 1, headSha256: 'a'.repeat(64) }, 'd'.repeat(64))
const say =
  (answer: IntakeAnswer): PostReports =>
  () =>
    Promise.resolve(answer)
const busy = say({ kind: 'busy', why: 'away', retryAfterMs: 0 })
const accept = (line: number): LineAnswer => ({
  line,
  accepted: { reportId: `report-${line}`, revision: 1, eventId: `event-${line}`, receipt: 'R' },
})
const acceptAll: PostReports = (lines) =>
  Promise.resolve({ kind: 'answered', answers: lines.map(({ number }) => accept(number)) })

/** Runs a submission against scripted answers, one per request; the last one answers all that follow. */
const run = async (text: string, script: readonly PostReports[], from: SubmissionState = start) => {
  const requests: number[][] = []
  const answers: LineAnswer[] = []
  const delays: number[] = []
  const states: SubmissionState[] = []
  let finished = false
  const work = submitReports(Readable.from([Buffer.from(text)]), from, {
    post: (lines) => {
      const post = script[Math.min(requests.length, script.length - 1)] ?? acceptAll
      requests.push(lines.map(({ number }) => number))
      return post(lines)
    },
    journal: {
      record: (some, state) => {
        answers.push(...some)
        states.push(state)
      },
      finish: () => {
        finished = true
      },
    },
    progress: { advance: () => undefined, waiting: () => undefined, stop: () => undefined },
    pause: (ms) => {
      delays.push(ms)
      return Promise.resolve()
    },
    random: () => 1,
  })
  const end = await work.catch((error: unknown) => error)
  return { end, requests, answers, delays, states, finished }
}

describe('a submission', () => {
  test('sends every line once when all goes well, and is finished', async () => {
    const { end, requests, finished } = await run('a\nb\n\nc', [acceptAll])
    expect(requests).toEqual([[1, 2, 4]])
    expect(end).toMatchObject({ accepted: 3, refused: 0, position: { lines: 4, bytes: 6 } })
    expect(finished).toBe(true)
  })

  test('sends at most 500 lines at once', async () => {
    const { requests } = await run('x\n'.repeat(1001), [acceptAll])
    expect(requests.map(({ length }) => length)).toEqual([500, 500, 1])
  })

  test('waits longer and longer while intake is busy, and then goes on', async () => {
    const { end, delays } = await run('a\n', [busy, busy, busy, acceptAll])
    expect(delays).toEqual([500, 1000, 2000])
    expect(end).toMatchObject({ accepted: 1 })
  })

  test('waits as long as intake asks', async () => {
    const { delays } = await run('a\n', [say({ kind: 'busy', why: 'away', retryAfterMs: 5000 }), acceptAll])
    expect(delays).toEqual([5000])
  })

  test('gives up after eight tries, keeps what was recorded, and is not finished', async () => {
    const { end, requests, states, finished } = await run('x\n'.repeat(501), [acceptAll, busy])
    expect(end).toBeInstanceOf(AppError)
    expect(requests).toHaveLength(9)
    expect(states.at(-1)).toMatchObject({ accepted: 500, position: { lines: 500, bytes: 1000 } })
    expect(finished).toBe(false)
  })

  test('sends again only the lines that could not be written down', async () => {
    const halfWritten = say({
      kind: 'answered',
      answers: [accept(1), { line: 2, problem: problemOf('log_unavailable', 'away') }],
    })
    const { requests, answers } = await run('a\nb\n', [halfWritten, acceptAll])
    expect(requests).toEqual([[1, 2], [2]])
    expect(answers).toEqual([accept(1), accept(2)])
  })

  test('records what was refused with its line, and does not send it again', async () => {
    const refuse = say({
      kind: 'answered',
      answers: [{ line: 1, problem: problemOf('invalid_report', 'no kind') }, accept(2)],
    })
    const { end, requests, answers } = await run('a\nb\n', [refuse])
    expect(end).toMatchObject({ accepted: 1, refused: 1 })
    expect(answers[0]).toMatchObject({ line: 1, problem: { code: 'invalid_report' } })
    expect(requests).toHaveLength(1)
  })

  test('refuses a line that is too long itself', async () => {
    const { end, requests, answers } = await run(`${'x'.repeat(REPORT_BYTES_MAX + 1)}\nb\n`, [acceptAll])
    expect(requests).toEqual([[2]])
    expect(answers[0]).toMatchObject({ line: 1, problem: { code: 'report_too_large' } })
    expect(end).toMatchObject({ accepted: 1, refused: 1 })
  })

  test('numbers lines on from where it was interrupted', async () => {
    const from = { ...start, position: { lines: 10, bytes: 100 }, accepted: 9, refused: 1 }
    const { end, requests } = await run('a\nb\n', [acceptAll], from)
    expect(requests).toEqual([[11, 12]])
    expect(end).toMatchObject({ accepted: 11, refused: 1, position: { lines: 12, bytes: 104 } })
  })
})
