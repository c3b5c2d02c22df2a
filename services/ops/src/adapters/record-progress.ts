import { Presets, SingleBar } from 'cli-progress'

const PLAIN_EVERY_MS = 2000

/** Shows on standard error how far a work over many records is, and how long it may still take. */
export interface RecordProgress {
  /** A new part of the work begins, of so many records. */
  readonly begin: (part: string, total: number) => void
  readonly advance: (records: number) => void
  readonly say: (note: string) => void
  readonly stop: () => void
}

const bar = (): RecordProgress => {
  let display: SingleBar | undefined
  const stop = (): void => {
    display?.stop()
    display = undefined
  }
  return {
    begin: (part, total) => {
      stop()
      display = new SingleBar(
        {
          format: `${part} {bar} {percentage} %  {value} of {total} records, {eta_formatted} left`,
          stream: process.stderr,
          hideCursor: null,
          // The estimate is of this many updates: fetches come in bursts.
          etaBuffer: 50,
        },
        Presets.shades_classic,
      )
      display.start(total, 0)
    },
    advance: (records) => display?.increment(records),
    say: (note) => {
      stop()
      process.stderr.write(`${note}\n`)
    },
    stop,
  }
}

interface Part {
  readonly name: string
  readonly total: number
  readonly startedAt: number
  done: number
}

const describe = ({ name, total, startedAt, done }: Part, now: number): string => {
  const perSecond = (1000 * done) / Math.max(now - startedAt, 1)
  const percent = total === 0 ? 100 : Math.min(100, Math.floor((100 * done) / total))
  const left = perSecond === 0 ? '' : `, about ${Math.ceil((total - done) / perSecond)} s left`
  return `${name}: ${percent} %, ${done} of ${total} records, ${Math.round(perSecond)}/s${left}`
}

const plainLines = (now: () => number): RecordProgress => {
  let shownAt = now()
  let part: Part | undefined
  const say = (note: string): void => {
    process.stderr.write(`${note}\n`)
    shownAt = now()
  }
  return {
    begin: (name, total) => {
      part = { name, total, startedAt: now(), done: 0 }
      say(`${name}: ${total} records`)
    },
    advance: (records) => {
      if (part === undefined) return
      part.done += records
      if (now() - shownAt >= PLAIN_EVERY_MS) say(describe(part, now()))
    },
    say,
    stop: () => undefined,
  }
}

/** A bar on a terminal, else a plain line every two seconds. */
export const openRecordProgress = (): RecordProgress => (process.stderr.isTTY ? bar() : plainLines(Date.now))
