import { LANDED_TOPICS, topicName, topicOf } from '@baqylau/contracts'
import { openClickHouse } from '@baqylau/clickhouse'
import { deadLetterLog, gatherSends, openProducer, startConsumer } from '@baqylau/kafka'
import { clickhouseLanding, type LandingRow } from '@baqylau/landing'
import {
  createGroupCommit,
  createProgressWatch,
  createStandstill,
  runService,
  serveHealth,
} from '@baqylau/service-kit'
import { createLander, insertRows } from './app.ts'
import { readLanderConfig } from './config.ts'
import { watchedLanding } from './adapters/watched-landing.ts'
import { createLanderTelemetry } from './telemetry.ts'

const SEND_MS_MAX = 8000
const STUCK_MS = 60_000
const PARTITIONS_AT_ONCE = 36
/** As they are in the log, compressed: unpacked they are some ten times as many. */
const FETCH_BYTES_MAX = 4_000_000

await runService('lander', async ({ telemetry, onStop, graceOver, fail }) => {
  const config = readLanderConfig()
  const kafka = { brokers: config.KAFKA_BROKERS, clientId: 'lander', log: telemetry.log }
  const prefix = config.KAFKA_TOPIC_PREFIX
  const producer = openProducer({ ...kafka, sendMsMax: SEND_MS_MAX })
  onStop('producer', producer.close)
  const clickhouse = openClickHouse({
    url: config.CLICKHOUSE_URL,
    user: config.CLICKHOUSE_USER,
    password: config.CLICKHOUSE_PASSWORD,
    requestMsMax: config.LANDER_INSERT_MS_MAX,
    graceOver,
  })
  onStop('clickhouse', clickhouse.close)
  const landing = clickhouseLanding(clickhouse)
  const progress = createProgressWatch(STUCK_MS)
  const landerTelemetry = createLanderTelemetry(telemetry)
  const standstill = createStandstill(landerTelemetry.standsStill)
  const parts = {
    landing: watchedLanding(landing, progress),
    deadLetters: deadLetterLog(gatherSends(producer), prefix),
    clock: () => new Date(),
    telemetry: landerTelemetry,
    graceOver,
  }
  const blocks = createGroupCommit<LandingRow>({
    commit: insertRows(parts),
    bytesOf: ({ event }) => event.byteLength,
    itemsMax: config.LANDER_BATCH_ROWS_MAX,
    bytesMax: config.LANDER_BATCH_BYTES_MAX,
    // One fetch is in hand at most: that is the bound.
    pendingBytesMax: Number.POSITIVE_INFINITY,
    lingerMs: config.LANDER_LINGER_MS,
  })
  telemetry.gauge('pending_bytes', 'Bytes read and not landed', blocks.pendingBytes)
  const land = createLander({ ...parts, standstill, blocks, topicOf: (name) => topicOf(prefix, name) })
  const consumer = await startConsumer({
    ...kafka,
    groupId: `${prefix}lander`,
    topics: LANDED_TOPICS.map((topic) => topicName(prefix, topic)),
    partitionsAtOnce: PARTITIONS_AT_ONCE,
    fetchBytesMax: FETCH_BYTES_MAX,
    onBatch: land,
    graceOver,
    progress,
    onCrash: fail,
  })
  onStop('consumer', consumer.stop)

  const ready = {
    kafka: consumer.trouble,
    events: standstill.trouble,
    clickhouse: () => clickhouse.ping().then(landing.trouble),
  }
  const health = { alive: progress.stuck, ready }
  await serveHealth({ telemetry, onStop, health, port: config.LANDER_PORT, variable: 'LANDER_PORT' })
  telemetry.log.info({ port: config.LANDER_PORT }, 'lander is up')
})
