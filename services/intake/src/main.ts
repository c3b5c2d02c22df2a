import { topicName } from '@baqylau/contracts'
import { createLogReadiness } from '@baqylau/kafka'
import { type Life, listen, openKeyRing, readKeys, runService } from '@baqylau/service-kit'
import { openKafkaReportLog } from './adapters/kafka-report-log.ts'
import { createIntakeServer } from './adapters/http-server.ts'
import { createIntake } from './app.ts'
import { type IntakeConfig, readIntakeConfig } from './config.ts'
import { createIntakeTelemetry } from './telemetry.ts'

/** Starts intake, and returns the address it listens at. */
export const startIntake = async (config: IntakeConfig, life: Life): Promise<string> => {
  const telemetry = createIntakeTelemetry(life.telemetry)
  const keys = openKeyRing(config.KEYS_FILE, telemetry.keysFileFault)
  const secrets = readKeys(config.SECRET_FILE)
  const reportLog = openKafkaReportLog({ config, log: life.telemetry.log, telemetry })
  life.onStop('event log', reportLog.close)
  const readiness = createLogReadiness({
    brokers: config.KAFKA_BROKERS,
    clientId: 'intake',
    log: life.telemetry.log,
    topics: [topicName(config.KAFKA_TOPIC_PREFIX, 'reports')],
    writeTrouble: reportLog.trouble,
  })
  life.onStop('readiness', readiness.close)
  const intake = createIntake({ reportLog, keys: secrets, now: () => new Date(), telemetry })
  const server = await createIntakeServer({
    config,
    intake,
    keys,
    secrets,
    telemetry: life.telemetry,
    intakeTelemetry: telemetry,
    health: { alive: reportLog.stuck, ready: { kafka: readiness.check } },
  })
  life.onStop('http', () => server.close())
  const address = await listen(server, config.INTAKE_PORT, 'INTAKE_PORT')
  telemetry.started(address)
  return address
}

if (import.meta.main) {
  await runService('intake', async (life) => {
    await startIntake(readIntakeConfig(), life)
  })
}
