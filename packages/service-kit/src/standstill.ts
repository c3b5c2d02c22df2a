import { setTimeout as pause } from 'node:timers/promises'
import type { AppError } from '@baqylau/contracts'

/** What a service does when it can do nothing: an outage that waiting does not mend, and somebody has to. */
export interface Standstill {
  /** Undefined, or why the service stands still: for its readiness. */
  readonly trouble: () => string | undefined
  /**
   * Stands still for a while, so that whoever looks sees why, and then throws the error: the process is to end, and to look
   * anew when it is started again. Rejects with the signal's reason when that is aborted.
   */
  readonly endure: (error: AppError, signal: AbortSignal) => Promise<never>
  /** Something of this topic could be done: what stands still in doubt about it was no outage. */
  readonly moved: (topic: string) => void
  /** Stands still like `endure`, unless something else of its topic moves meanwhile, or did a moment ago: then it resolves. */
  readonly doubt: (error: AppError, topic: string, signal: AbortSignal) => Promise<void>
}

/** Less than the minute that liveness takes for stuck. */
const HOLD_MS = 10_000
/** Batches of one fetch come at the same time, and are looked at within this. */
const TOGETHER_MS = 250

/** @param tell is called when it begins. */
export const createStandstill = (tell: (error: AppError) => void, holdMs = HOLD_MS): Standstill => {
  const held = new Set<AppError>()
  const doubts = new Set<{ readonly topic: string; readonly other: AbortController }>()
  const movedAt = new Map<string, number>()

  const endure = async (error: AppError, signal: AbortSignal): Promise<never> => {
    if (held.size === 0) tell(error)
    held.add(error)
    try {
      await pause(holdMs, undefined, { signal })
    } catch {
      held.delete(error)
      signal.throwIfAborted()
    }
    throw error
  }

  return {
    trouble: () => [...held][0]?.message,
    endure,
    moved: (topic) => {
      movedAt.set(topic, performance.now())
      for (const doubt of doubts) if (doubt.topic === topic) doubt.other.abort()
    },
    doubt: async (error, topic, signal) => {
      if (performance.now() - (movedAt.get(topic) ?? Number.NEGATIVE_INFINITY) < TOGETHER_MS) return
      const other = new AbortController()
      const doubt = { topic, other }
      doubts.add(doubt)
      try {
        await endure(error, AbortSignal.any([signal, other.signal]))
      } catch (reason) {
        if (signal.aborted || !other.signal.aborted) throw reason
      } finally {
        doubts.delete(doubt)
      }
    },
  }
}
