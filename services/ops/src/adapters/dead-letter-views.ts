import type { ClickHouse } from '@baqylau/clickhouse'
import type { DeadLetterStep, ErrorCode } from '@baqylau/contracts'
import type { DeadLetter, DeadLetterId } from '../domain/dead-letter.ts'

/** Which dead letters: what is left out does not matter. Times, ISO 8601, are of the last failure: from `since`, before `until`. */
export interface DeadLetterFilter {
  readonly step?: DeadLetterStep
  readonly reason?: ErrorCode
  readonly since?: string
  readonly until?: string
  readonly openOnly: boolean
}

interface Row {
  readonly step: DeadLetterStep
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly reason: ErrorCode
  readonly detail: string
  readonly attempts: number
  readonly first_at: string
  readonly last_at: string
  readonly replayed: boolean
}

const instant = (shown: string): string => `${shown.replace(' ', 'T')}Z`

const letterOf = ({ first_at: firstAt, last_at: lastAt, ...same }: Row): DeadLetter => ({
  ...same,
  firstAt: instant(firstAt),
  lastAt: instant(lastAt),
})

const conditionOf = ({ step, reason, since, until, openOnly }: DeadLetterFilter): string =>
  [
    'true',
    ...(step === undefined ? [] : ['step = {step:String}']),
    ...(reason === undefined ? [] : ['reason = {reason:String}']),
    ...(since === undefined ? [] : ["last_at >= parseDateTime64BestEffort({since:String}, 3, 'UTC')"]),
    ...(until === undefined ? [] : ["last_at < parseDateTime64BestEffort({until:String}, 3, 'UTC')"]),
    ...(openOnly ? ['NOT replayed'] : []),
  ].join(' AND ')

const valuesOf = ({ openOnly: _openOnly, ...values }: DeadLetterFilter): Readonly<Record<string, string>> =>
  values

/** The last ones first, at most `limit`, and how many there are. @throws AppError of `@baqylau/clickhouse`. */
export const listDeadLetters = async (
  clickhouse: ClickHouse,
  filter: DeadLetterFilter,
  limit: number,
): Promise<{ readonly total: number; readonly letters: readonly DeadLetter[] }> => {
  const where = `FROM baqylau.dead_letters WHERE ${conditionOf(filter)}`
  const rows = await clickhouse.query<Row>(
    `SELECT * ${where} ORDER BY last_at DESC, step, topic, partition, offset LIMIT {limit:UInt32}`,
    { ...valuesOf(filter), limit },
  )
  const [counted] = await clickhouse.query<{ n: string }>(`SELECT count() AS n ${where}`, valuesOf(filter))
  return { total: Number(counted?.n), letters: rows.map(letterOf) }
}

/** Every open dead letter of the messages of which one fits: another step may have refused the same message. */
export const openDeadLetters = async (
  clickhouse: ClickHouse,
  filter: DeadLetterFilter,
): Promise<readonly DeadLetter[]> => {
  const rows = await clickhouse.query<Row>(
    `SELECT * FROM baqylau.dead_letters
     WHERE NOT replayed AND (topic, partition, offset) IN (
       SELECT topic, partition, offset FROM baqylau.dead_letters WHERE ${conditionOf(filter)}
     )`,
    valuesOf(filter),
  )
  return rows.map(letterOf)
}

/** Parameters go into the address of the request, which has a bound. */
const IDS_AT_ONCE = 100

/** The dead letters of these ids that have landed, open or closed. */
export const deadLettersAt = async (
  clickhouse: ClickHouse,
  ids: readonly DeadLetterId[],
): Promise<readonly DeadLetter[]> => {
  const letters: DeadLetter[] = []
  for (let begin = 0; begin < ids.length; begin += IDS_AT_ONCE) {
    const some = ids.slice(begin, begin + IDS_AT_ONCE)
    const rows = await clickhouse.query<Row>(
      `SELECT * FROM baqylau.dead_letters
       WHERE (step, topic, partition, offset) IN (
         SELECT id.1, id.2, id.3, id.4 FROM (
           SELECT arrayJoin(arrayZip(
             {steps:Array(String)}, {topics:Array(String)}, {partitions:Array(UInt32)}, {offsets:Array(UInt64)}
           )) AS id
         )
       )`,
      {
        steps: some.map(({ step }) => step),
        topics: some.map(({ topic }) => topic),
        partitions: some.map(({ partition }) => partition),
        offsets: some.map(({ offset }) => BigInt(offset)),
      },
    )
    letters.push(...rows.map(letterOf))
  }
  return letters
}
