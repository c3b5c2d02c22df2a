import {
  DEAD_LETTER_STEPS,
  type DeadLetterStep,
  type ErrorCode,
  type EventDeadLettered,
  type LogPosition,
  type ReplayOrigin,
} from '@baqylau/contracts'
import { positionName } from './log-position.ts'

/** Why steps give up on messages. */
export const DEAD_LETTER_REASONS = [
  'event_not_json',
  'event_invalid',
  'event_type_unknown',
  'event_version_unsupported',
  'enrichment_failed',
  'row_rejected',
] as const satisfies readonly ErrorCode[]

/** A step and the message that it gave up on: together they name a dead letter. */
export interface DeadLetterId extends LogPosition {
  readonly step: DeadLetterStep
}

/** A dead letter as it stands. Times are ISO 8601, UTC. */
export interface DeadLetter extends DeadLetterId {
  readonly reason: ErrorCode
  readonly detail: string
  readonly attempts: number
  readonly firstAt: string
  readonly lastAt: string
  /** Its message was replayed, and came through this step. */
  readonly replayed: boolean
}

const ID = /^(?<step>[a-z]+)\/(?<topic>[a-zA-Z0-9._-]{1,249})\/(?<partition>\d{1,9})\/(?<offset>\d{1,18})$/

/** As an operator reads and types it: `lander/baqylau.reports/3/41`. */
export const formatId = (id: DeadLetterId): string => `${id.step}/${positionName(id)}`

/** The dead letter that an id names; undefined when the text is no id. */
export const parseId = (text: string): DeadLetterId | undefined => {
  const parts = ID.exec(text)?.groups
  const step = DEAD_LETTER_STEPS.find((name) => name === parts?.['step'])
  if (parts === undefined || step === undefined) return undefined
  const { topic = '', partition = '', offset = '' } = parts
  return { step, topic, partition: Number(partition), offset: String(BigInt(offset)) }
}

const isEarlier = (time: string, than: string): boolean => Date.parse(time) < Date.parse(than)

const combine = (before: DeadLetter, next: DeadLetter): DeadLetter => ({
  ...(isEarlier(next.lastAt, before.lastAt) ? before : next),
  attempts: Math.max(before.attempts, next.attempts),
  firstAt: isEarlier(next.firstAt, before.firstAt) ? next.firstAt : before.firstAt,
})

/** What the log's events say of dead letters, one for each id: as ClickHouse folds them, save that nothing is known of replays. */
export const foldDeadLetters = (events: Iterable<EventDeadLettered>): ReadonlyMap<string, DeadLetter> => {
  const letters = new Map<string, DeadLetter>()
  for (const { data } of events) {
    const { payload: _payload, ...said } = data
    const letter = { ...said, replayed: false }
    const before = letters.get(formatId(letter))
    letters.set(formatId(letter), before === undefined ? letter : combine(before, letter))
  }
  return letters
}

/** A message that is to be tried again, and the dead letters that it is: two steps that refuse it are one replay. */
export interface Replay {
  readonly origin: ReplayOrigin
  readonly letters: readonly DeadLetter[]
}

/** The messages of dead letters, in the order of their positions, so that they are replayed in the order they came in. */
export const planReplays = (letters: readonly DeadLetter[]): readonly Replay[] => {
  const byMessage = Map.groupBy(letters, positionName)
  const replays = [...byMessage.values()].flatMap((same): readonly Replay[] => {
    const [first] = same
    if (first === undefined) return []
    const { topic, partition, offset } = first
    const attempts = Math.max(...same.map((letter) => letter.attempts))
    const firstAt = same.map((letter) => letter.firstAt).reduce((a, b) => (isEarlier(b, a) ? b : a))
    return [{ origin: { topic, partition, offset, attempts, firstAt }, letters: same }]
  })
  return replays.toSorted((a, b) => comparePositions(a.origin, b.origin))
}

const comparePositions = (a: LogPosition, b: LogPosition): number =>
  a.topic.localeCompare(b.topic) || a.partition - b.partition || Number(BigInt(a.offset) - BigInt(b.offset))

/** What became of a dead letter since its message was replayed. */
export type Fate = 'closed' | 'buried_again' | 'unknown'

/** @param now the dead letter as it stands now; undefined when that cannot be told. */
export const fateOf = (before: DeadLetter, now: DeadLetter | undefined): Fate => {
  if (now === undefined) return 'unknown'
  if (now.replayed) return 'closed'
  return now.attempts > before.attempts ? 'buried_again' : 'unknown'
}
