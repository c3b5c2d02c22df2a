import { Presets, SingleBar } from 'cli-progress'
import type { SubmissionState } from '../domain/resume.ts'
import type { ProgressDisplay } from '../ports.ts'

const PLAIN_EVERY_MS = 2000

/** Counts for the eye; standard output is the command's answer, so progress goes to standard error. */
const countsOf = ({ accepted, refused }: SubmissionState) => ({ accepted, refused })

const bar = (from: SubmissionState): ProgressDisplay => {
  const display = new SingleBar(
    {
      format: '{bar} {percentage} %  {accepted} accepted, {refused} refused  {note}',
      stream: process.stderr,
      hideCursor: null,
    },
    Presets.shades_classic,
  )
  display.start(from.file.size, from.position.bytes, { ...countsOf(from), note: '' })
  return {
    advance: (state) => display.update(state.position.bytes, { ...countsOf(state), note: '' }),
    waiting: (why) => display.update({ note: `waiting: ${why}` }),
    stop: () => display.stop(),
  }
}

const percent = ({ position, file }: SubmissionState): number =>
  file.size === 0 ? 100 : Math.floor((100 * position.bytes) / file.size)

const plainLines = (now: () => number): ProgressDisplay => {
  let shownAt = now()
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`)
    shownAt = now()
  }
  return {
    advance: (state) => {
      if (now() - shownAt < PLAIN_EVERY_MS) return
      say(`${percent(state)} %: ${state.accepted} accepted, ${state.refused} refused`)
    },
    waiting: (why, delayMs) => say(`waiting ${(delayMs / 1000).toFixed(1)} s: ${why}`),
    stop: () => undefined,
  }
}

/** A bar on a terminal, else a plain line every two seconds. */
export const openProgressDisplay = (from: SubmissionState): ProgressDisplay =>
  process.stderr.isTTY ? bar(from) : plainLines(Date.now)
