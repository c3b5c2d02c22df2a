import { AppError } from '../errors.ts'
import type { RefusedRecord } from './make-events.ts'

/** So many events in a row that need a newer version are no accident: whoever writes them was upgraded, and this service not. */
const RUN_MIN = 16

export interface VersionOutage {
  /** The place in the batch from which on nothing can be read: only what is before it may be done with. */
  readonly begin: number
  readonly error: AppError
}

/**
 * Tells an old service from a new event. An event of a version from the future is a dead letter among others that can be
 * read. But when nothing in a batch can be, or nothing in a long run at its end, then it is the service that is wrong, and
 * to give these events up one by one would be to give up all that are to come.
 * @param refusals of consecutive records of one partition, in order; undefined stands for one that can be read.
 */
export const versionOutageOf = (
  refusals: readonly (RefusedRecord | undefined)[],
): VersionOutage | undefined => {
  const begin = refusals.findLastIndex((refusal) => refusal === undefined) + 1
  const newer = refusals.slice(begin).filter((refusal) => refusal?.code === 'event_version_unsupported')
  const [first] = newer
  if (first === undefined || (begin > 0 && newer.length < RUN_MIN)) return undefined
  const { topic, partition, offset } = first.record
  return {
    begin,
    error: new AppError(
      'event_version_unsupported',
      `From ${topic}/${partition}/${offset} on, every message is from a newer version: ${first.detail}. None was given up.`,
    ),
  }
}
