import type { ServiceName, Stretch } from './fault-plan.ts'
import type { Patch } from './patch.ts'

/** A mistake that loses what was acknowledged, and the faults that bring it to light. */
export interface Sabotage {
  readonly name: string
  readonly service: ServiceName
  readonly patch: Patch
  readonly stretch: Stretch
  /** What never came to the log, `baqylau verify` cannot miss. */
  readonly reachesLog: boolean
}

/** Each is the order of two lines: what says "done" before it is done. Unpatched, the same faults do no harm. */
export const SABOTAGES: readonly Sabotage[] = [
  {
    name: 'the lander commits before it inserts',
    reachesLog: true,
    service: 'lander',
    patch: {
      file: '/services/lander/src/app.ts',
      find: 'await Promise.all([parts.blocks.submit(',
      replace: 'await commit(records[records.length - 1]); await Promise.all([parts.blocks.submit(',
    },
    stretch: [
      // Later than it may take the lander to join its group.
      { fault: { kind: 'pause', target: 'clickhouse', seconds: 5 }, afterSeconds: 3 },
      { fault: { kind: 'kill', target: 'lander' }, afterSeconds: 7 },
      // Else it would still read, and insert, what had come in while it stood still.
      { fault: { kind: 'kill', target: 'clickhouse' }, afterSeconds: 7.5 },
    ],
  },
  {
    name: 'intake acknowledges before the broker has',
    reachesLog: false,
    service: 'intake',
    patch: {
      file: '/services/intake/src/app.ts',
      find: 'await reportLog.append(acceptance.event)',
      replace: 'reportLog.append(acceptance.event).catch(() => undefined)',
    },
    stretch: [
      { fault: { kind: 'pause', target: 'kafka', seconds: 5 }, afterSeconds: 0.5 },
      { fault: { kind: 'kill', target: 'intake' }, afterSeconds: 3 },
    ],
  },
  {
    name: 'the enricher completes its job before it produces',
    reachesLog: true,
    service: 'enricher',
    patch: {
      file: '/services/enricher/src/app.ts',
      find: 'await parts.log.append(enriched, deadLetters)',
      replace: 'parts.log.append(enriched, deadLetters).catch(() => undefined)',
    },
    stretch: [
      // Jobs gather in the queue; then it works them off without a broker, and dies.
      { fault: { kind: 'pause', target: 'enricher', seconds: 3 }, afterSeconds: 0.5 },
      { fault: { kind: 'pause', target: 'kafka', seconds: 5 }, afterSeconds: 3 },
      { fault: { kind: 'kill', target: 'enricher' }, afterSeconds: 6 },
    ],
  },
]
