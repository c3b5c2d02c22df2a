import { ClickHouseError } from '@clickhouse/client'
import { AppError } from '@baqylau/contracts'

/** Bad data, which no second try mends: cannot parse input, type mismatch, incorrect data and their like. */
const BAD_DATA = new Set([
  '6',
  '26',
  '27',
  '38',
  '41',
  '53',
  '69',
  '70',
  '72',
  '117',
  '130',
  '131',
  '376',
  '407',
  '456',
  '457',
])
/** Busy or away; it passes: timeouts, too many queries, network, memory, too many parts. */
const PASSES = new Set([
  '3',
  '159',
  '160',
  '202',
  '203',
  '209',
  '210',
  '241',
  '242',
  '252',
  '285',
  '319',
  '394',
  '425',
  '999',
])
/**
 * Faults of the schema, of access, of the disk or of the transport: their messages name tables, columns and bytes, never
 * what is in a row, and an operator needs them. Messages of other codes may repeat data, and are not passed on.
 */
const TELLING = new Set(['8', '16', '32', '33', '44', '47', '60', '62', '81', '164', '243', '497', '516'])
const TOLD_LENGTH_MAX = 300
/** 252 is TOO_MANY_PARTS; in words it may also mean too many partitions in one insert, which does not pass. */
const TOO_MANY_PARTITIONS = /too many partitions/i

const explanationOf = ({ code, message }: ClickHouseError): string =>
  TELLING.has(code) ? `: ${message.split('\n', 1)[0]?.slice(0, TOLD_LENGTH_MAX) ?? ''}` : ''

/**
 * An error of ClickHouse's, classified: `row_rejected` (bad data: bisect), `read_side_unavailable` (try again), or
 * `read_side_not_ready` (a missing table or column, no access, a full disk: an outage that somebody must mend).
 */
export const classify = (cause: unknown): AppError => {
  if (!(cause instanceof ClickHouseError)) {
    const why = cause instanceof Error ? cause.message : String(cause)
    return new AppError('read_side_unavailable', `ClickHouse does not answer: ${why}`, { cause })
  }
  const told = `ClickHouse says ${cause.type ?? 'error'} (${cause.code})${explanationOf(cause)}`
  if (BAD_DATA.has(cause.code)) return new AppError('row_rejected', told, { cause })
  if (PASSES.has(cause.code) && !TOO_MANY_PARTITIONS.test(cause.message)) {
    return new AppError('read_side_unavailable', told, { cause })
  }
  return new AppError(
    'read_side_not_ready',
    `${told}. Was "baqylau migrate" run? Is there room on the disk?`,
    { cause },
  )
}
