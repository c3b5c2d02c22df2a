import type { Spill, SpillDirectory } from '../adapters/spill.ts'
import type { VerifiedViews } from '../adapters/verified-views.ts'
import type { CommittedPositions } from '../adapters/verified-log.ts'
import type { Difference } from '../domain/verification/difference.ts'
import {
  type Choices,
  openReportBucket,
  type ReportBucket,
  type ReportCounts,
} from '../domain/verification/report-comparison.ts'
import type { ViewLine } from '../domain/verification/view-line.ts'

export interface RoundParts {
  readonly events: Spill
  readonly views: VerifiedViews
  readonly directory: SpillDirectory
  readonly choices: Choices
  readonly signal: AbortSignal
}

/** Takes a difference that was found. */
export type KeepDifference = (difference: Difference) => void

const spillViews = async (
  parts: RoundParts,
  only: ReadonlySet<string> | undefined,
  name: string,
): Promise<Spill> => {
  const { directory, events, views, signal } = parts
  const spill = directory.open(name, events.buckets)
  const onLine = (line: ViewLine): void => spill.append(line.id, JSON.stringify(line))
  if (only === undefined) await views.readReports(onLine, signal)
  else await views.readReportsOf([...only], onLine)
  return spill
}

/** The buckets one after the other, each with what the log says; with what the views say when these are given. */
export async function* readBuckets(
  { events, choices, signal }: Pick<RoundParts, 'events' | 'choices' | 'signal'>,
  views?: Spill,
  wanted?: ReadonlySet<number>,
): AsyncGenerator<ReportBucket, void, undefined> {
  for (let index = 0; index < events.buckets; index += 1) {
    if (wanted !== undefined && !wanted.has(index)) continue
    signal.throwIfAborted()
    const bucket = openReportBucket(choices)
    await events.read(index, bucket.addLog)
    await views?.read(index, bucket.addView)
    yield bucket
  }
}

/** Compares all reports, or only these. `onBucket` gets every bucket that was looked at. */
export const compareReports = async (
  parts: RoundParts,
  options: {
    readonly round: number
    readonly dispatched: CommittedPositions
    readonly only?: ReadonlySet<string>
    readonly onBucket?: (bucket: ReportBucket) => void
    readonly keep: KeepDifference
  },
): Promise<ReportCounts> => {
  const { round, dispatched, only, onBucket, keep } = options
  const views = await spillViews(parts, only, `views-${round}`)
  const wanted = only === undefined ? undefined : new Set([...only].map((id) => parts.events.bucketOf(id)))
  const counts = { reports: 0, retracted: 0 }
  for await (const bucket of readBuckets(parts, views, wanted)) {
    for (const difference of bucket.compare(dispatched, only)) keep(difference)
    const some = bucket.counts()
    counts.reports += some.reports
    counts.retracted += some.retracted
    onBucket?.(bucket)
  }
  return counts
}
