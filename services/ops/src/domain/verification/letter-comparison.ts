import {
  EVENT_TYPES,
  type EventDeadLettered,
  instantText,
  type LogPosition,
  type ReplayOrigin,
  type ReportEvent,
  STAGES,
  standingOf,
} from '@baqylau/contracts'
import type { Difference } from './difference.ts'
import { letterDigest } from './digests.ts'
import { type Dispatched, isDispatched } from './dispatched.ts'

interface LetterId extends LogPosition {
  readonly step: string
}

/** What the log or ClickHouse says of dead letters, as one line of a file. */
export type LetterLine = LetterId &
  (
    | { readonly said: 'buried'; readonly data: EventDeadLettered['data'] }
    /** Unless it is sure, both that it was closed and that it was not are right. */
    | { readonly said: 'closed'; readonly isSure: boolean }
    /** Nobody can read the message, and it was read at this position: it has to be buried. */
    | { readonly said: 'expected'; readonly readAt: LogPosition }
    | {
        readonly said: 'row'
        readonly reason: string
        readonly detail: string
        readonly digest: string
        readonly replayed: boolean
      }
  )

export const letterName = ({ step, topic, partition, offset }: LetterId): string =>
  `${step}/${topic}/${partition}/${offset}`

export const buriedLine = ({ data }: EventDeadLettered): LetterLine => {
  const { step, topic, partition, offset } = data
  return {
    said: 'buried',
    step,
    topic,
    partition,
    offset: String(BigInt(offset)),
    data: { ...data, payload: null },
  }
}

/**
 * Who is done with a replayed message when this of it has landed, as ClickHouse has it from `replay_topic` and the version: the message itself, then the
 * lander, and of a retraction, which is not enriched, the dispatcher; its enrichment, then the dispatcher, and the enricher
 * unless it failed again; a dead letter about it, then the lander.
 */
const stepsClosed = (
  topic: string,
  origin: ReplayOrigin,
  event: ReportEvent | undefined,
): readonly string[] => {
  if (event === undefined) return ['lander']
  if (topic === origin.topic)
    return event.type === EVENT_TYPES.retracted ? ['lander', 'dispatcher'] : ['lander']
  return standingOf(event).stage === STAGES.enriched ? ['dispatcher', 'enricher'] : ['dispatcher']
}

/** `isSure` unless the lander gave up a message of this origin: then nobody can tell whether it was this copy of it. */
export const closedLines = (
  {
    topic,
    origin,
    isSure,
  }: { readonly topic: string; readonly origin: ReplayOrigin; readonly isSure: boolean },
  event: ReportEvent | undefined,
): readonly LetterLine[] =>
  stepsClosed(topic, origin, event).map((step) => ({
    said: 'closed',
    isSure,
    step,
    topic: origin.topic,
    partition: origin.partition,
    offset: String(BigInt(origin.offset)),
  }))

/** `buriedAt` is where the message was first; `readAt` where it was read, which is another position when it was replayed. */
export const expectedLine = (
  step: 'lander' | 'dispatcher',
  buriedAt: LogPosition,
  readAt: LogPosition,
): LetterLine => ({
  said: 'expected',
  step,
  topic: buriedAt.topic,
  partition: buriedAt.partition,
  offset: String(BigInt(buriedAt.offset)),
  readAt: { topic: readAt.topic, partition: readAt.partition, offset: readAt.offset },
})

type LetterViewed = Extract<LetterLine, { said: 'row' }>

interface Letter {
  readonly id: LetterId
  readonly buried: EventDeadLettered['data'][]
  readonly readAt: LogPosition[]
  readonly rows: LetterViewed[]
  /** Whether it is closed: for sure or not. */
  closed: 'no' | 'perhaps' | 'yes'
}

/** How often and since when it failed at all; the last failure tells when it failed last. */
const expectedDigest = (id: LetterId, buried: readonly EventDeadLettered['data'][]): string =>
  letterDigest.of({
    ...id,
    attempts: buried.reduce((most, { attempts }) => Math.max(most, attempts), 0),
    first_at: instantText(Math.min(...buried.map(({ firstAt }) => Date.parse(firstAt)))),
    last_at: instantText(lastOf(buried)),
  })

const lastOf = (buried: readonly EventDeadLettered['data'][]): number =>
  buried.reduce((last, { lastAt }) => Math.max(last, Date.parse(lastAt)), 0)

/** Two may have been written in one millisecond: then ClickHouse shows either. */
const isToldBy = (buried: Letter['buried'], { reason, detail }: LetterViewed): boolean =>
  buried
    .filter(({ lastAt }) => Date.parse(lastAt) === lastOf(buried))
    .some((data) => data.reason === reason && data.detail === detail)

const columnsOf = ({ id, buried, closed }: Letter, row: LetterViewed): readonly string[] => [
  ...(expectedDigest(id, buried) === row.digest ? [] : ['attempts, first_at or last_at']),
  ...(isToldBy(buried, row) ? [] : ['reason or detail']),
  ...(closed === 'perhaps' || (closed === 'yes') === row.replayed ? [] : ['replayed']),
]

/** The lander has come to everything that is compared; the dispatcher may be behind. */
const isDue = ({ id, readAt }: Letter, dispatched: Dispatched): boolean =>
  readAt.some((position) => id.step !== 'dispatcher' || isDispatched(position, dispatched))

const compareLetter = (letter: Letter, dispatched: Dispatched): readonly Difference[] => {
  const { id, buried, rows } = letter
  const { step, ...position } = id
  const [row, ...more] = rows
  const extra = more.map((): Difference => ({ kind: 'dead_letter_extra', step, position }))
  if (row === undefined)
    return buried.length > 0 || isDue(letter, dispatched)
      ? [{ kind: 'dead_letter_missing', step, position }]
      : []
  if (buried.length === 0) return [{ kind: 'dead_letter_extra', step, position }, ...extra]
  const columns = columnsOf(letter, row)
  return columns.length === 0 ? extra : [{ kind: 'dead_letter_differs', step, position, columns }, ...extra]
}

export interface LetterBucket {
  readonly add: (line: string) => void
  /** Everything that is not alike, as of where the dispatcher has come to. */
  readonly compare: (dispatched: Dispatched) => readonly Difference[]
  readonly letters: () => number
}

/** A part of all dead letters: those in the log, who closed them, and what ClickHouse has. */
export const openLetterBucket = (): LetterBucket => {
  const letters = new Map<string, Letter>()
  const letterOf = ({ step, topic, partition, offset }: LetterId): Letter => {
    const id = { step, topic, partition, offset }
    const letter = letters.get(letterName(id)) ?? { id, buried: [], readAt: [], rows: [], closed: 'no' }
    letters.set(letterName(id), letter)
    return letter
  }
  return {
    add: (line) => {
      const said = JSON.parse(line) as LetterLine
      const letter = letterOf(said)
      if (said.said === 'buried') letter.buried.push(said.data)
      else if (said.said === 'closed')
        letter.closed = said.isSure || letter.closed === 'yes' ? 'yes' : 'perhaps'
      else if (said.said === 'expected') letter.readAt.push(said.readAt)
      else letter.rows.push(said)
    },
    compare: (dispatched) => [...letters.values()].flatMap((letter) => compareLetter(letter, dispatched)),
    letters: () => [...letters.values()].filter(({ buried }) => buried.length > 0).length,
  }
}
