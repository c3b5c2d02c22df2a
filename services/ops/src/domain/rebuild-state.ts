import type { ErrorCode } from '@baqylau/contracts'
import { placeOf, type Positions, type Stretch } from './log-stretch.ts'

/**
 * How far a rebuild is. While it enriches and lands, nobody sees anything of it; once it swaps, some tables are swapped
 * already, and there is no way back but to the end.
 */
export type RebuildPhase = 'enriching' | 'landing' | 'swapping'

/** A record that gave no row. */
export interface UnlandedRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly code: ErrorCode
}

/** A rebuilt table: by its UUID it is known in whichever of the two places it is. */
export interface RebuiltStore {
  readonly store: string
  readonly uuid: string
  /** Duplicates left out: of the live table, and of this one. */
  readonly rowsBefore: number
  readonly rowsAfter: number
}

/** What a rebuild keeps, so that it can go on after an interruption. */
export interface RebuildState {
  readonly runId: string
  readonly startedAt: string
  readonly topicPrefix: string
  readonly isEnriching: boolean
  readonly phase: RebuildPhase
  readonly positions: Positions
  readonly unlanded: readonly UnlandedRecord[]
  /** The rebuilt tables, from when they began to be swapped. */
  readonly stores: readonly RebuiltStore[]
}

/** Adds what has landed: everything of a partition that is before `next`. */
export const withLanded = (
  state: RebuildState,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  next: bigint,
): RebuildState => ({
  ...state,
  positions: { ...state.positions, [placeOf(topic, partition)]: String(next) },
})

/** Adds a record that gave no row. One that was noted before an interruption, and is read again after it, is one record. */
export const withUnlanded = (state: RebuildState, record: UnlandedRecord): RebuildState => {
  const isNoted = state.unlanded.some(
    ({ topic, partition, offset }) =>
      topic === record.topic && partition === record.partition && offset === record.offset,
  )
  return isNoted ? state : { ...state, unlanded: [...state.unlanded, record] }
}

/** Why a rebuild that was interrupted cannot go on, or undefined when it can. `ends` are those of the log now. */
export const whyStartOver = (
  state: RebuildState,
  wanted: Pick<RebuildState, 'topicPrefix' | 'isEnriching'>,
  ends: readonly Stretch[],
): string | undefined => {
  if (state.topicPrefix !== wanted.topicPrefix) return `it was of the topics ${state.topicPrefix}*`
  if (wanted.isEnriching && !state.isEnriching) return 'it was one that enriches nothing'
  const beyond = ends.find(
    ({ topic, partition, high }) => BigInt(state.positions[placeOf(topic, partition)] ?? 0) > high,
  )
  return beyond === undefined
    ? undefined
    : `it had read more of ${placeOf(beyond.topic, beyond.partition)} than there is: this is another log`
}
