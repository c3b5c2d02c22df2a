import type { ErrorCode } from '@baqylau/contracts'
import type { Telemetry } from '@baqylau/service-kit'

export interface IntakeTelemetry {
  readonly started: (address: string) => void
  readonly accepted: () => void
  readonly refused: (code: ErrorCode) => void
  readonly written: (events: number, seconds: number) => void
  readonly writeFailed: (error: unknown) => void
  /** What waits to be written is read whenever the metrics are asked for. */
  readonly watchPending: (bytes: () => number) => void
  readonly pageFailed: (error: unknown) => void
  readonly keysFileFault: (error: unknown) => void
}

const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const EVENTS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000]

const NOT_YET =
  'Not yet for real reporters: until personal data is sealed, whoever reads the event log can read who reported what.'

/** Every log line and metric of intake, by name. No report, author or address is in any of them. */
export const createIntakeTelemetry = ({ log, counter, gauge, histogram }: Telemetry): IntakeTelemetry => {
  const accepted = counter(
    'reports_accepted_total',
    'Reports, amendments and retractions that are in the event log',
  )
  const refused = counter('reports_refused_total', 'What was not taken, by the reason', ['code'])
  const failures = counter('writes_failed_total', 'Writes to the event log that were not acknowledged')
  const seconds = histogram('write_seconds', 'How long the event log took to acknowledge a group', SECONDS)
  const groups = histogram('write_events', 'Events written together', EVENTS)
  let writing = true
  return {
    started: (address) => {
      log.info({ address }, 'intake listens')
      log.warn(NOT_YET)
    },
    accepted: () => accepted.inc(),
    refused: (code) => refused.inc({ code }),
    written: (events, took) => {
      if (!writing) log.info('the event log acknowledges again')
      writing = true
      seconds.observe(took)
      groups.observe(events)
    },
    writeFailed: (error) => {
      if (writing)
        log.error({ err: error }, 'the event log does not acknowledge: senders are told to come back')
      writing = false
      failures.inc()
    },
    watchPending: (bytes) => gauge('pending_bytes', 'Events that wait to be written', bytes),
    pageFailed: (error) => log.error({ err: error }, 'a page failed'),
    keysFileFault: (error) =>
      log.error({ err: error }, 'the changed KEYS_FILE is not valid: the keys of before hold'),
  }
}
