import {
  EVENT_TYPES,
  type EventDeadLettered,
  type LogPosition,
  type ReplayOrigin,
  type ReportEvent,
  STAGES,
  standingOf,
} from '@baqylau/contracts'
import type { Difference } from './difference.ts'
import { letterDigest } from './digests.ts'

interface LetterId extends LogPosition {
  readonly step: string
}

/** What the log or ClickHouse says of dead letters, as one line of a file. */
export type LetterLine = LetterId &
  (
    | { readonly said: 'buried'; readonly data: EventDeadLettered['data'] }
    | { readonly said: 'closed' }
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
 * Who is done with a replayed message when this of it has landed, as `0009_replays.sql` says: the message itself, then the
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

export const closedLines = (
  topic: string,
  origin: ReplayOrigin,
  event: ReportEvent | undefined,
): readonly LetterLine[] =>
  stepsClosed(topic, origin, event).map((step) => ({
    said: 'closed',
    step,
    topic: origin.topic,
    partition: origin.partition,
    offset: String(BigInt(origin.offset)),
  }))

interface Letter {
  readonly id: LetterId
  buried: EventDeadLettered['data'][]
  isClosed: boolean
  row: Extract<LetterLine, { said: 'row' }> | undefined
}

const instantOf = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '')

/** How often and since when it failed at all; the last failure tells when it failed last. */
const expectedDigest = (id: LetterId, buried: readonly EventDeadLettered['data'][]): string =>
  letterDigest.of({
    ...id,
    attempts: buried.reduce((most, { attempts }) => Math.max(most, attempts), 0),
    first_at: instantOf(Math.min(...buried.map(({ firstAt }) => Date.parse(firstAt)))),
    last_at: instantOf(lastOf(buried)),
  })

const lastOf = (buried: readonly EventDeadLettered['data'][]): number =>
  buried.reduce((last, { lastAt }) => Math.max(last, Date.parse(lastAt)), 0)

/** Two may have been written in one millisecond: then ClickHouse shows either. */
const isToldBy = (buried: Letter['buried'], { reason, detail }: NonNullable<Letter['row']>): boolean =>
  buried
    .filter(({ lastAt }) => Date.parse(lastAt) === lastOf(buried))
    .some((data) => data.reason === reason && data.detail === detail)

const columnsOf = ({ id, buried, isClosed }: Letter, row: NonNullable<Letter['row']>): readonly string[] => [
  ...(expectedDigest(id, buried) === row.digest ? [] : ['attempts, first_at or last_at']),
  ...(isToldBy(buried, row) ? [] : ['reason or detail']),
  ...(isClosed === row.replayed ? [] : ['replayed']),
]

const compareLetter = (letter: Letter): Difference | undefined => {
  const { id, buried, row } = letter
  const { step, ...position } = id
  if (row === undefined)
    return buried.length === 0 ? undefined : { kind: 'dead_letter_missing', step, position }
  if (buried.length === 0) return { kind: 'dead_letter_extra', step, position }
  const columns = columnsOf(letter, row)
  return columns.length === 0 ? undefined : { kind: 'dead_letter_differs', step, position, columns }
}

export interface LetterBucket {
  readonly add: (line: string) => void
  readonly compare: () => readonly Difference[]
  readonly letters: () => number
}

/** A part of all dead letters: those in the log, who closed them, and what ClickHouse has. */
export const openLetterBucket = (): LetterBucket => {
  const letters = new Map<string, Letter>()
  const letterOf = ({ step, topic, partition, offset }: LetterId): Letter => {
    const id = { step, topic, partition, offset }
    const letter = letters.get(letterName(id)) ?? { id, buried: [], isClosed: false, row: undefined }
    letters.set(letterName(id), letter)
    return letter
  }
  return {
    add: (line) => {
      const said = JSON.parse(line) as LetterLine
      const letter = letterOf(said)
      if (said.said === 'buried') letter.buried.push(said.data)
      else if (said.said === 'closed') letter.isClosed = true
      else letter.row = said
    },
    compare: () => [...letters.values()].map(compareLetter).filter((difference) => difference !== undefined),
    letters: () => [...letters.values()].filter(({ buried }) => buried.length > 0).length,
  }
}
