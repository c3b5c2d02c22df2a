import { entryOf, reportRowOf, type ReportEvent } from '@baqylau/contracts'
import type { VerifiedLog } from '../adapters/verified-log.ts'
import type { PartitionEnd, VerifiedViews } from '../adapters/verified-views.ts'
import { reportDigest } from '../domain/verification/digests.ts'
import type { Difference, DifferenceKind } from '../domain/verification/difference.ts'
import { BLOCK_BITS, type EventBlock, eventDigestOf } from '../domain/verification/event-blocks.ts'
import { positionName } from '../domain/log-position.ts'
import type { LogSide } from './log-side.ts'

const CONTENT = 'content'

const columnsOf = async (
  event: ReportEvent | undefined,
  views: VerifiedViews,
): Promise<readonly string[]> => {
  if (event === undefined) return []
  const { receivedAtMs } = entryOf(event)
  const expected = reportRowOf({ event, receivedAtMs, conflicting: false, contested: false })
  const found = await views.reportRow(event.subject, event.author)
  return expected === undefined || found === undefined ? [] : reportDigest.differing(expected, found)
}

/** Says of reports whose contents differ in which columns: for that, the events that tell them are read again. */
export const explainReports = async (
  differences: readonly Difference[],
  parts: { readonly log: VerifiedLog; readonly logSide: LogSide; readonly views: VerifiedViews },
): Promise<readonly Difference[]> => {
  const unclear = differences.flatMap(({ columns, position }) =>
    columns?.includes(CONTENT) === true && position !== undefined ? [position] : [],
  )
  if (unclear.length === 0) return differences
  const columns = new Map<string, readonly string[]>()
  await parts.log.readAt(unclear, async (records) => {
    const events = await parts.logSide.landedEvents(records)
    for (const [name, event] of events) columns.set(name, await columnsOf(event, parts.views))
  })
  return differences.map((difference) => {
    const found =
      difference.position === undefined ? undefined : columns.get(positionName(difference.position))
    if (found === undefined || found.length === 0) return difference
    return {
      ...difference,
      columns: [...found, ...(difference.columns ?? []).filter((name) => name !== CONTENT)],
    }
  })
}

type BlockName = Pick<EventBlock, 'topic' | 'partition' | 'block'>

/** Which positions of a block that differs are not alike: at least one. */
export const explainBlock = async (
  { topic, partition, block }: BlockName,
  ends: readonly PartitionEnd[],
  parts: {
    readonly log: VerifiedLog
    readonly logSide: LogSide
    readonly views: VerifiedViews
    readonly signal: AbortSignal
  },
): Promise<readonly Difference[]> => {
  const end = ends.find((one) => one.topic === topic && one.partition === partition)?.high ?? 0n
  const low = BigInt(block) << BigInt(BLOCK_BITS)
  const next = low + (1n << BigInt(BLOCK_BITS))
  const high = next < end ? next : end
  const expected = new Map<string, string>()
  await parts.log.read(
    [{ topic, partition, low, high }],
    async (records) => {
      const events = await parts.logSide.landedEvents(records)
      for (const record of records) {
        const event = events.get(positionName(record))
        if (event !== undefined) expected.set(record.offset, eventDigestOf(record, event))
      }
    },
    parts.signal,
  )
  const found = await parts.views.eventsIn({ topic, partition, block })
  const at = (kind: DifferenceKind, offset: string): Difference => ({
    kind,
    position: { topic, partition, offset },
  })
  const differences = [
    ...[...expected].flatMap(([offset, digest]): readonly Difference[] => {
      const digests = found.get(offset)
      if (digests === undefined) return [at('event_missing', offset)]
      return digests.length === 1 && digests[0] === digest ? [] : [at('event_differs', offset)]
    }),
    ...[...found.keys()]
      .filter((offset) => BigInt(offset) < high && !expected.has(offset))
      .map((offset) => at('event_extra', offset)),
  ]
  // The sums were not alike: when no position tells why, the block has to be told all the same.
  return differences.length > 0 ? differences : [at('event_differs', String(low))]
}
