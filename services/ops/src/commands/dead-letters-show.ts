import { AppError } from '@baqylau/contracts'
import type { LogRecord } from '@baqylau/kafka'
import { deadLettersInLog, readMessage } from '../adapters/dead-letter-topic.ts'
import { deadLettersAt } from '../adapters/dead-letter-views.ts'
import { withClickHouse } from '../adapters/read-side.ts'
import type { DeadLettersConfig } from '../config.ts'
import { type DeadLetter, type DeadLetterId, formatId } from '../domain/dead-letter.ts'
import { alignColumns, type Outcome } from '../outcome.ts'
import { shown } from './dead-letters-list.ts'

const landed = async (
  config: DeadLettersConfig,
  ids: readonly DeadLetterId[],
): Promise<readonly DeadLetter[]> => {
  try {
    return await withClickHouse(config, (clickhouse) => deadLettersAt(clickhouse, ids))
  } catch (error) {
    if (error instanceof AppError && error.retryable) return []
    throw error
  }
}

/**
 * The dead letters of these ids: as ClickHouse has them, and those that it has not (yet), or while it is away, as the log has.
 * @throws AppError `not_found` that names those that are none, or `log_unavailable`.
 */
export const lettersOf = async (
  config: DeadLettersConfig,
  ids: readonly DeadLetterId[],
): Promise<readonly DeadLetter[]> => {
  const letters = new Map((await landed(config, ids)).map((letter) => [formatId(letter), letter]))
  const others = new Set(ids.map(formatId).filter((id) => !letters.has(id)))
  if (others.size > 0) {
    for (const letter of await deadLettersInLog(config, others)) letters.set(formatId(letter), letter)
  }
  const unknown = [...others].filter((id) => !letters.has(id))
  if (unknown.length === 0) return [...letters.values()]
  throw new AppError('not_found', `There is no dead letter ${unknown.join(', ')}. See "dead-letters list".`)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

interface Payload {
  readonly encoding: 'utf-8' | 'base64'
  readonly content: string
}

const payloadOf = (value: Uint8Array): Payload => {
  try {
    return { encoding: 'utf-8', content: utf8.decode(value) }
  } catch {
    return { encoding: 'base64', content: Buffer.from(value).toString('base64') }
  }
}

const describeMessage = (record: LogRecord | undefined) =>
  record === undefined
    ? { inLog: false }
    : {
        inLog: true,
        bytes: record.value?.byteLength ?? null,
        writtenAt: new Date(Number(record.timestamp)).toISOString(),
      }

/** One dead letter, and its message from the log: the message itself only when it is asked for. @throws AppError `not_found`. */
export const showLetter = async (
  config: DeadLettersConfig,
  id: DeadLetterId,
  withPayload: boolean,
): Promise<Outcome> => {
  const [letter] = await lettersOf(config, [id])
  if (letter === undefined) throw new AppError('not_found', `There is no dead letter ${formatId(id)}.`)
  const record = await readMessage(config, id)
  const payload = withPayload && record?.value ? payloadOf(record.value) : undefined
  const document = { ...shown(letter), message: describeMessage(record), ...(payload && { payload }) }
  return { document, text: describe(document, payload), exitCode: 0 }
}

/** All control characters but the line's end and the tabulator: a message may be made to take over the terminal. */
const CONTROLS = /[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]--[\n\t]]/gv

const hexOf = (character: string): string => (character.codePointAt(0) ?? 0).toString(16)

/** Foreign text as a terminal may have it: what would steer it is spelled out, like `\u{1b}`. */
export const harmless = (text: string): string =>
  text.replaceAll(CONTROLS, (character) => `\\u{${hexOf(character)}}`)

const describe = (
  { message, ...letter }: ReturnType<typeof shown> & { readonly message: object },
  payload: Payload | undefined,
): string => {
  const facts = Object.entries({ ...letter, ...message }).filter(([name]) => name !== 'payload')
  const table = alignColumns(facts.map(([name, value]) => [name, harmless(String(value))]))
  return payload === undefined ? table : `${table}\n\n${harmless(payload.content)}`
}
