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
}

/** Less than the minute that liveness takes for stuck. */
const HOLD_MS = 30_000

/** @param tell is called when it begins. */
export const createStandstill = (tell: (error: AppError) => void, holdMs = HOLD_MS): Standstill => {
  let trouble: string | undefined
  return {
    trouble: () => trouble,
    endure: async (error, signal) => {
      if (trouble === undefined) tell(error)
      trouble = error.message
      try {
        await pause(holdMs, undefined, { signal })
      } catch {
        trouble = undefined
        signal.throwIfAborted()
      }
      throw error
    },
  }
}
