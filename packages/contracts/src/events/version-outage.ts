import { AppError } from '../errors.ts'
import type { RefusedRecord } from './make-events.ts'

/** So many events in a row that need a newer version are no accident: whoever writes them was upgraded, and this service not. */
const RUN_MIN = 16

export interface VersionOutage {
  /** The place in the batch from which on nothing can be read: only what is before it may be done with. */
  readonly begin: number
  readonly error: AppError
  /** False when they are too few to tell: what else is read at the same time decides. */
  readonly isCertain: boolean
}

/**
 * Tells an old service from a new event. An event of a version from the future is a dead letter among others. But when a
 * batch is of nothing else, or a long run at its end is, then it may be the service that is wrong, and to give these events
 * up one by one would be to give up all that are to come.
 * @param refusals of consecutive records of one partition, in order; undefined stands for one that can be read.
 */
export const versionOutageOf = (
  refusals: readonly (RefusedRecord | undefined)[],
): VersionOutage | undefined => {
  const begin = refusals.findLastIndex((refusal) => refusal?.code !== 'event_version_unsupported') + 1
  const first = refusals[begin]
  const isCertain = refusals.length - begin >= RUN_MIN
  if (first === undefined || (begin > 0 && !isCertain)) return undefined
  const { topic, partition, offset } = first.record
  return {
    begin,
    isCertain,
    error: new AppError(
      'event_version_unsupported',
      `From ${topic}/${partition}/${offset} on, every message is from a newer version: ${first.detail}. None was given up.`,
    ),
  }
}
