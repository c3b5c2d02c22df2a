import type { SenderEvent } from '@baqylau/contracts'

/** The event log, as far as intake writes to it. */
export interface ReportLog {
  /**
   * Resolves when the event is durable.
   * @throws AppError `log_unavailable` or `overloaded`. It may still land: its id makes that harmless.
   */
  readonly append: (event: SenderEvent) => Promise<void>
}

export type Clock = () => Date
