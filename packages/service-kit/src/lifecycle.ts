import { AppError } from '@baqylau/contracts'
import { readLogLevel } from './config.ts'
import { createTelemetry, type Telemetry } from './telemetry.ts'

/** A clean stop has this long; then the process ends all the same. Supervisors wait 10 seconds. */
const STOP_MS_MAX = 9000

/** Work that is in hand at a stop has this long to finish. */
const GRACE_MS = 5000

export interface Life {
  readonly telemetry: Telemetry
  /** Adds a step of the stop. Steps run in the order opposite to this one: what was opened last is closed first. */
  readonly onStop: (name: string, step: () => Promise<void> | void) => void
  /** Aborted when work in hand has had its time to finish at a stop: what still tries gives up then. */
  readonly graceOver: AbortSignal
  /** Ends the process with exit code 1 after an orderly stop: its supervisor starts it again. */
  readonly fail: (error: unknown) => void
}

type StopSteps = { readonly name: string; readonly step: () => Promise<void> | void }[]

const runSteps = async (steps: StopSteps, telemetry: Telemetry): Promise<boolean> => {
  let clean = true
  for (const { name, step } of steps.toReversed()) {
    try {
      await step()
    } catch (error) {
      clean = false
      telemetry.log.error({ err: error, step: name }, 'a step of the stop failed')
    }
  }
  return clean
}

const createStop = (steps: StopSteps, telemetry: Telemetry, grace: AbortController) => {
  let stopping = false
  return (exitCode: number): void => {
    if (stopping) return
    stopping = true
    const deadline = setTimeout(() => {
      telemetry.log.error(`not stopped within ${STOP_MS_MAX} ms: ending`)
      process.exit(1)
    }, STOP_MS_MAX)
    deadline.unref()
    setTimeout(() => grace.abort(new Error('stopping')), GRACE_MS).unref()
    void runSteps(steps, telemetry).then((clean) => process.exit(clean ? exitCode : 1))
  }
}

const explain = (error: unknown, telemetry: Telemetry): void => {
  if (error instanceof AppError && error.code === 'invalid_configuration') telemetry.log.fatal(error.message)
  else telemetry.log.fatal({ err: error }, 'failed')
}

/**
 * Runs a service from start to stop: SIGTERM and SIGINT stop it in order, within 9 seconds; a fault that nobody handled
 * ends it with exit code 1, since a process that is not in order is worth less than a new one.
 */
export const runService = async (service: string, start: (life: Life) => Promise<void>): Promise<void> => {
  const telemetry = createTelemetry(service, readLogLevel())
  const steps: StopSteps = []
  const grace = new AbortController()
  const stop = createStop(steps, telemetry, grace)
  const fail = (error: unknown): void => {
    explain(error, telemetry)
    stop(1)
  }
  process.once('SIGTERM', () => stop(0))
  process.once('SIGINT', () => stop(0))
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
  try {
    await start({
      telemetry,
      onStop: (name, step) => steps.push({ name, step }),
      graceOver: grace.signal,
      fail,
    })
  } catch (error) {
    fail(error)
  }
}
