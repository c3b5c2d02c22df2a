import { setTimeout as delay } from 'node:timers/promises'
import type { EnrichJob } from '@baqylau/contracts'
import { untilItPasses } from '@baqylau/service-kit'
import pLimit from 'p-limit'
import type { EnrichmentQueue } from './ports.ts'
import type { DispatcherTelemetry } from './telemetry.ts'

/** While the queue is full, how often to look whether it still is. */
const FULL_MS = 200

export interface Admission {
  /** Adds a job as soon as there is room for it. Rejects with the signal's reason when that is aborted. */
  readonly admit: (job: EnrichJob, signal: AbortSignal) => Promise<void>
  /** Adds a job if there is room for it now, and tells whether there was. @throws AppError `queue_unavailable`. */
  readonly admitNow: (job: EnrichJob, signal: AbortSignal) => Promise<boolean>
}

/**
 * Adds jobs only while the queue has room, whoever filled it. What a rebalance or a killed dispatcher has forgotten stays in
 * the queue, and the same events cut anew are other jobs: so what this one has in flight is no bound of what Redis holds.
 * Jobs are added one at a time, so that between the look and the add no other of this dispatcher's gets in; one of each
 * other dispatcher's may.
 */
export const createAdmission = (queue: EnrichmentQueue, telemetry: DispatcherTelemetry): Admission => {
  const adding = pLimit(1)
  const waiting = pLimit(1)
  const admitNow: Admission['admitNow'] = (job, signal) =>
    adding(async () => {
      signal.throwIfAborted()
      const hasRoom = await queue.hasRoomFor(job)
      if (hasRoom) await queue.add(job)
      return hasRoom
    })
  const admit: Admission['admit'] = (job, signal) =>
    waiting(async () => {
      const attempt = () =>
        untilItPasses(() => admitNow(job, signal), { signal, onFault: telemetry.queueFault })
      if (await attempt()) return
      telemetry.queueFull()
      do await delay(FULL_MS)
      while (!(await attempt()))
    })
  return { admit, admitNow }
}
