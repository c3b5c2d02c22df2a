import type { EventDeadLettered } from '@baqylau/contracts'
import type { ClickHouseLanding } from '@baqylau/landing'

export type Landing = Omit<ClickHouseLanding, 'trouble'>

export interface DeadLetterLog {
  /** Resolves when the broker has acknowledged. @throws AppError `log_unavailable`. */
  readonly append: (letters: readonly EventDeadLettered[]) => Promise<void>
}

export type Clock = () => Date
