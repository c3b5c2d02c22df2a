import { JOB_ATTEMPTS, topicName } from '@baqylau/contracts'
import { deadLetterLog, gatherSends, openProducer, startConsumer } from '@baqylau/kafka'
import { listenForFinishedJobs, openJobQueue } from '@baqylau/queue'
import {
  createProgressWatch,
  createStandstill,
  every,
  readKeys,
  runService,
  serveHealth,
} from '@baqylau/service-kit'
import pLimit from 'p-limit'
import { redisEnrichmentQueue } from './adapters/redis-enrichment-queue.ts'
import { createDispatcher } from './app.ts'
import { DEFAULT_GROUP, readDispatcherConfig } from './config.ts'
import { createJobsInFlight } from './jobs-in-flight.ts'
import { createDispatcherTelemetry } from './telemetry.ts'

const SEND_MS_MAX = 8000
const STUCK_MS = 60_000
const CHECK_MS = 2000
/** As they are in the log, compressed. */
const FETCH_BYTES_MAX = 2_000_000
const PARTITIONS_AT_ONCE = 12

await runService('dispatcher', async ({ telemetry, onStop, graceOver, fail }) => {
  const config = readDispatcherConfig()
  const { queueSealing } = readKeys(config.SECRET_FILE)
  const kafka = { brokers: config.KAFKA_BROKERS, clientId: 'dispatcher', log: telemetry.log }
  const redis = { redisUrl: config.REDIS_URL, prefix: config.KAFKA_TOPIC_PREFIX }

  const producer = openProducer({ ...kafka, sendMsMax: SEND_MS_MAX })
  onStop('producer', producer.close)
  const queue = openJobQueue({ ...redis, sealingKey: queueSealing, attempts: JOB_ATTEMPTS })
  onStop('queue', queue.close)
  const progress = createProgressWatch(STUCK_MS)
  const dispatcherTelemetry = createDispatcherTelemetry(telemetry)
  const enrichment = redisEnrichmentQueue(queue, config.DISPATCHER_QUEUE_JOBS_MAX, progress)
  const jobs = createJobsInFlight(enrichment, dispatcherTelemetry)
  telemetry.gauge('jobs_in_flight', 'Jobs in flight', jobs.count)
  const hints = listenForFinishedJobs(redis, jobs.hint)
  onStop('hints', hints.close)
  onStop('checks', every(CHECK_MS, jobs.checkAll))

  const group = config.DISPATCHER_GROUP
  const standstill = createStandstill(dispatcherTelemetry.standsStill)
  const dispatch = createDispatcher({
    standstill,
    round: group === DEFAULT_GROUP ? undefined : group,
    jobs,
    withSlot: pLimit(config.DISPATCHER_JOBS_IN_FLIGHT_MAX),
    deadLetters: deadLetterLog(gatherSends(producer), config.KAFKA_TOPIC_PREFIX),
    clock: () => new Date(),
    telemetry: dispatcherTelemetry,
  })
  const consumer = await startConsumer({
    ...kafka,
    groupId: `${config.KAFKA_TOPIC_PREFIX}${group}`,
    topics: [topicName(config.KAFKA_TOPIC_PREFIX, 'reports')],
    partitionsAtOnce: PARTITIONS_AT_ONCE,
    fetchBytesMax: FETCH_BYTES_MAX,
    onBatch: dispatch,
    graceOver,
    progress,
    onCrash: fail,
  })
  onStop('consumer', consumer.stop)

  const ready = {
    kafka: consumer.trouble,
    events: standstill.trouble,
    jobs: jobs.trouble,
    redis: () => queue.ping().then(queue.trouble),
  }
  const health = { alive: progress.stuck, ready }
  await serveHealth({ telemetry, onStop, health, port: config.DISPATCHER_PORT, variable: 'DISPATCHER_PORT' })
  telemetry.log.info({ port: config.DISPATCHER_PORT }, 'dispatcher is up')
})
