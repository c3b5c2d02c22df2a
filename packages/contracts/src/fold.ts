import { EVENT_TYPES, type ReportEvent } from './events/report-events.ts'
import { type Stage, STAGES, versionOf } from './version.ts'

const stageOf = (event: ReportEvent): Stage => {
  if (event.type !== EVENT_TYPES.enriched) return STAGES.submitted
  return event.data.enrichment === null ? STAGES.enrichmentFailed : STAGES.enriched
}

/** The stage, the retraction and the version that an event stands for. */
export const standingOf = (event: ReportEvent) => {
  const retracted = event.type === EVENT_TYPES.retracted
  const stage = stageOf(event)
  const enrichmentVersion = event.type === EVENT_TYPES.enriched ? event.enrichmentversion : 0
  const version = versionOf({
    revision: event.revision,
    retracted,
    contentHash: event.contenthash,
    stage,
    enrichmentVersion,
  })
  return { version, stage, retracted, enrichmentVersion } as const
}

/**
 * Of two events of one report (same id, same author), the one that tells its current state. Two of one version are one
 * request, received twice: then the one that was received first.
 */
export const evolve = (current: ReportEvent | undefined, event: ReportEvent): ReportEvent => {
  if (current === undefined) return event
  const [before, after] = [standingOf(current).version, standingOf(event).version]
  if (before !== after) return after > before ? event : current
  return Date.parse(event.time) < Date.parse(current.time) ? event : current
}

/** The current state of one report: the event with the greatest version, in whatever order and however often they come. */
export const foldReport = (events: Iterable<ReportEvent>): ReportEvent | undefined => {
  let current: ReportEvent | undefined
  for (const event of events) current = evolve(current, event)
  return current
}
