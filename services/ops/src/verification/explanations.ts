import { entryOf, type LogPosition, reportRowOf } from '@baqylau/contracts'
import type { LogRecord } from '@baqylau/kafka'
import type { VerifiedLog } from '../adapters/verified-log.ts'
import type { PartitionEnd, VerifiedViews } from '../adapters/verified-views.ts'
import { reportDigest } from '../domain/verification/digests.ts'
import type { Difference, DifferenceKind } from '../domain/verification/difference.ts'
import { BLOCK_BITS, type EventBlock, eventDigestOf } from '../domain/verification/event-blocks.ts'
import type { LogSide } from './log-side.ts'

const CONTENT = 'content'

const nameOf = ({ topic, partition, offset }: LogPosition): string =>
  `${topic}/${partition}/${String(BigInt(offset))}`

const columnsOf = async (
  record: LogRecord,
  logSide: LogSide,
  views: VerifiedViews,
): Promise<readonly string[]> => {
  const event = logSide.landedEvent(record)
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
    for (const record of records)
      columns.set(nameOf(record), await columnsOf(record, parts.logSide, parts.views))
  })
  return differences.map((difference) => {
    const found = difference.position === undefined ? undefined : columns.get(nameOf(difference.position))
    if (found === undefined || found.length === 0) return difference
    return {
      ...difference,
      columns: [...found, ...(difference.columns ?? []).filter((name) => name !== CONTENT)],
    }
  })
}

type BlockName = Pick<EventBlock, 'topic' | 'partition' | 'block'>

/** Which positions of a block are not alike. */
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
    (records) => {
      for (const record of records) {
        const event = parts.logSide.landedEvent(record)
        if (event !== undefined) expected.set(record.offset, eventDigestOf(record, event))
      }
      return Promise.resolve()
    },
    parts.signal,
  )
  const found = await parts.views.eventsIn({ topic, partition, block })
  const at = (kind: DifferenceKind, offset: string): Difference => ({
    kind,
    position: { topic, partition, offset },
  })
  return [
    ...[...expected].flatMap(([offset, digest]): readonly Difference[] => {
      if (!found.has(offset)) return [at('event_missing', offset)]
      return found.get(offset) === digest ? [] : [at('event_differs', offset)]
    }),
    ...[...found.keys()]
      .filter((offset) => BigInt(offset) < high && !expected.has(offset))
      .map((offset) => at('event_extra', offset)),
  ]
}
