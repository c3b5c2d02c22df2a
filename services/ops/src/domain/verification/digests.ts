import { VIEWS } from '@baqylau/contracts'
import { rowDigest } from './row-digest.ts'

/** Columns of `reports` that one event alone does not tell. */
export const HISTORY_COLUMNS = ['received_at', 'contested', 'conflicting'] as const

export const reportDigest = rowDigest(VIEWS.reports, HISTORY_COLUMNS)
export const currentDigest = rowDigest(VIEWS.current_reports, HISTORY_COLUMNS)
export const incidentDigest = rowDigest(VIEWS.incidents, [])
/** When an event was landed is told by no event. */
export const eventDigest = rowDigest(VIEWS.report_events, ['landed_at'])
export const letterDigest = rowDigest(VIEWS.dead_letters, ['reason', 'detail', 'replayed'])
