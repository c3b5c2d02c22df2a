import type { EventDeadLettered } from '@baqylau/contracts'
import type { LandingRow } from '@baqylau/landing'

export interface Landing {
  /**
   * Resolves when ClickHouse has written the rows. The same rows may be landed again.
   * @throws AppError `read_side_unavailable` (passes), `row_rejected` (bad data), `read_side_not_ready` (an outage).
   */
  readonly insert: (rows: readonly LandingRow[]) => Promise<void>
}

export interface DeadLetterLog {
  /** Resolves when the broker has acknowledged. @throws AppError `log_unavailable`. */
  readonly append: (letters: readonly EventDeadLettered[]) => Promise<void>
}

export type Clock = () => Date
