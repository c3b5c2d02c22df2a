import { createResolver } from '@baqylau/akimats'
import { topicName } from '@baqylau/contracts'
import { createLogReadiness, gatherSends, openProducer } from '@baqylau/kafka'
import { startJobWorker } from '@baqylau/queue'
import { createHttpServer, createProgressWatch, listen, readKeys, runService } from '@baqylau/service-kit'
import { kafkaEnrichmentLog } from './adapters/kafka-enrichment-log.ts'
import { createEnricher } from './app.ts'
import { readEnricherConfig } from './config.ts'
import { brokenStep } from './domain/probe.ts'
import { stepsWith } from './domain/step-order.ts'
import { createEnricherTelemetry } from './telemetry.ts'

const SEND_MS_MAX = 8000
const STUCK_MS = 60_000
const BODY_BYTES_MAX = 1024

await runService('enricher', async ({ telemetry, onStop }) => {
  const config = readEnricherConfig()
  const { queueSealing } = readKeys(config.SECRET_FILE)
  const kafka = { brokers: config.KAFKA_BROKERS, clientId: 'enricher', log: telemetry.log }
  const producer = openProducer({ ...kafka, sendMsMax: SEND_MS_MAX })
  onStop('producer', producer.close)
  const readiness = createLogReadiness({
    ...kafka,
    topics: [topicName(config.KAFKA_TOPIC_PREFIX, 'enrichments')],
    writeTrouble: producer.trouble,
  })
  onStop('readiness', readiness.close)
  const enricherTelemetry = createEnricherTelemetry(telemetry)
  const steps = stepsWith(createResolver().resolve)
  const processJob = createEnricher({
    steps,
    log: kafkaEnrichmentLog(gatherSends(producer), config.KAFKA_TOPIC_PREFIX),
    clock: () => new Date(),
    telemetry: enricherTelemetry,
  })
  const progress = createProgressWatch(STUCK_MS)
  const worker = startJobWorker({
    redisUrl: config.REDIS_URL,
    prefix: config.KAFKA_TOPIC_PREFIX,
    sealingKey: queueSealing,
    concurrency: config.ENRICHER_CONCURRENCY,
    process: ({ payload, isLastAttempt }) => progress.during(processJob(payload, isLastAttempt)),
    onError: enricherTelemetry.queueError,
  })
  onStop('worker', worker.close)
  const server = createHttpServer({
    telemetry,
    health: {
      alive: progress.stuck,
      ready: {
        kafka: readiness.check,
        redis: worker.trouble,
        steps: () => brokenStep(steps)?.message,
      },
    },
    bodyBytesMax: BODY_BYTES_MAX,
  })
  onStop('http', () => server.close())
  await listen(server, config.ENRICHER_PORT, 'ENRICHER_PORT')
  telemetry.log.info({ port: config.ENRICHER_PORT }, 'enricher is up')
})
