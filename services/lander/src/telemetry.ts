import type { AppError, EventDeadLettered } from '@baqylau/contracts'
import type { LandingRow } from '@baqylau/landing'
import type { Telemetry } from '@baqylau/service-kit'

export interface LanderTelemetry {
  readonly landed: (rows: readonly LandingRow[]) => void
  readonly buried: (letters: readonly EventDeadLettered[]) => void
  readonly landingFault: (error: AppError) => void
  readonly logFault: (error: AppError) => void
  readonly standsStill: (error: AppError) => void
}

const BLOCK_ROWS = [1, 10, 100, 1000, 10_000, 100_000]

export const createLanderTelemetry = (telemetry: Telemetry): LanderTelemetry => {
  const rows = telemetry.counter('rows_total', 'Events landed')
  const blocks = telemetry.histogram('block_rows', 'Rows per insert', BLOCK_ROWS)
  const letters = telemetry.counter('dead_letters_total', 'Messages given up on, by reason', ['reason'])
  const faults = telemetry.counter('faults_total', 'Failed calls, by what was called', ['of'])
  return {
    landed: ({ length }) => {
      rows.inc(length)
      blocks.observe(length)
    },
    buried: (buried) => {
      for (const { data } of buried) {
        letters.inc({ reason: data.reason })
        const { topic, partition, offset, reason, detail } = data
        telemetry.log.warn({ topic, partition, offset, reason, detail }, 'a message becomes a dead letter')
      }
    },
    landingFault: (error) => {
      faults.inc({ of: 'clickhouse' })
      telemetry.log.warn({ code: error.code, reason: error.message }, 'ClickHouse has trouble: trying again')
    },
    logFault: (error) => {
      faults.inc({ of: 'log' })
      telemetry.log.warn({ reason: error.message }, 'the log has trouble: trying again')
    },
    standsStill: (error) =>
      telemetry.log.error({ reason: error.message }, 'this lander is too old: it stops'),
  }
}
