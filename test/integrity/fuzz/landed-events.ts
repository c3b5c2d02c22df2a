import { setTimeout as delay } from 'node:timers/promises'
import { readDeadLetter, readReportEvent, topicName } from '@baqylau/contracts'
import type { Pipeline } from '@baqylau/infra-local'
import { openAdmin, readLog } from '@baqylau/kafka'
import { pino } from 'pino'

const log = pino({ level: 'silent' })
const PREFIX = 'baqylau.'
const FETCH_BYTES_MAX = 10_000_000

/** The ids of all events of senders that are in ClickHouse. */
const landedIds = async ({ clickhouse }: Pipeline): Promise<ReadonlySet<string>> => {
  const rows = await clickhouse.query<{ event_id: string }>(
    'SELECT DISTINCT event_id FROM baqylau.report_events WHERE topic = {topic:String}',
    { topic: topicName(PREFIX, 'reports') },
  )
  return new Set(rows.map(({ event_id: id }) => id))
}

const idIn = (payload: string | null): string | undefined => {
  const reading = readReportEvent(payload === null ? null : Buffer.from(payload, 'base64'))
  return reading.ok ? reading.event.id : undefined
}

/** The ids of all events that a stage has given up on, as the payloads of the dead letters in the log say. */
const deadLetteredIds = async ({ stack }: Pipeline): Promise<ReadonlySet<string>> => {
  const kafka = { brokers: stack.env['KAFKA_BROKERS'] ?? '', clientId: 'fuzz', log }
  const admin = await openAdmin(kafka)
  const stretches = await admin.topicEnds([topicName(PREFIX, 'dead-letters')])
  await admin.close()
  const ids = new Set<string>()
  await readLog({
    ...kafka,
    stretches,
    fetchBytesMax: FETCH_BYTES_MAX,
    partitionsAtOnce: 1,
    onBatch: (records) => {
      for (const { value } of records) {
        const letter = readDeadLetter(value)
        const id = letter.ok ? idIn(letter.event.data.payload) : undefined
        if (id !== undefined) ids.add(id)
      }
      return Promise.resolve()
    },
  })
  return ids
}

/** Reports as they stand that no enricher has been done with yet. */
const waitingForEnrichment = async ({ clickhouse }: Pipeline): Promise<number> => {
  const [row] = await clickhouse.query<{ waiting: string }>(
    "SELECT count() AS waiting FROM baqylau.reports WHERE stage = 'submitted'",
  )
  return Number(row?.waiting)
}

/** What became of the events that were acknowledged. */
export interface Reckoning {
  readonly landed: number
  readonly deadLettered: number
  /** Neither landed nor dead-lettered. */
  readonly lost: readonly string[]
  /** Landed, though no answer acknowledged it. */
  readonly unannounced: number
  /** Reports that no enricher has been done with. */
  readonly waiting: number
}

const reckon = async (pipeline: Pipeline, accepted: ReadonlySet<string>): Promise<Reckoning> => {
  const landed = await landedIds(pipeline)
  const dead = await deadLetteredIds(pipeline)
  const ids = [...accepted]
  return {
    landed: ids.filter((id) => landed.has(id)).length,
    deadLettered: ids.filter((id) => dead.has(id)).length,
    lost: ids.filter((id) => !landed.has(id) && !dead.has(id)),
    unannounced: [...landed].filter((id) => !accepted.has(id)).length,
    waiting: await waitingForEnrichment(pipeline),
  }
}

const LOOK_EVERY_MS = 2000

/** Looks until nothing is on its way any more, or for as long as something may be. */
export const reckonWhenDone = async (
  pipeline: Pipeline,
  accepted: ReadonlySet<string>,
  withinMs: number,
): Promise<Reckoning> => {
  const deadline = performance.now() + withinMs
  let reckoning = await reckon(pipeline, accepted)
  while ((reckoning.lost.length > 0 || reckoning.waiting > 0) && performance.now() < deadline) {
    await delay(LOOK_EVERY_MS)
    reckoning = await reckon(pipeline, accepted)
  }
  return reckoning
}
