import { AppError } from '@baqylau/contracts'
import { type Logger, pino } from 'pino'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

export type { Logger } from 'pino'

/** Where a service's log lines and metrics come from. Names: `baqylau_<service>_…`, units last (`_seconds`, `_bytes`). */
export interface Telemetry {
  readonly log: Logger
  readonly registry: Registry
  readonly counter: <Label extends string = never>(
    name: string,
    help: string,
    labels?: readonly Label[],
  ) => Counter<Label>
  /** A value that is read whenever the metrics are asked for. */
  readonly gauge: (name: string, help: string, read: () => number) => void
  /** `buckets` in the unit that the name ends with. */
  readonly histogram: (name: string, help: string, buckets: readonly number[]) => Histogram
}

/** Logs as JSON lines on standard output; `level` as pino has it. Personal data is never handed to it. */
/**
 * What is logged of an error: of a cause that is none of ours its name alone, since a library's message may repeat what it
 * was given (ClickHouse quotes the values that it cannot parse).
 */
const loggable = (error: unknown): unknown => {
  if (!(error instanceof Error)) return { type: typeof error }
  const { name: type, message, stack, cause } = error
  const code = 'code' in error ? error.code : undefined
  const because =
    cause instanceof AppError ? loggable(cause) : cause instanceof Error ? { type: cause.name } : undefined
  return { type, code, message, stack, cause: because }
}

export const createTelemetry = (service: string, level: string): Telemetry => {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  collectDefaultMetrics({ register: registry })
  const full = (name: string): string => `baqylau_${service}_${name}`
  const registers = [registry]
  return {
    // Synchronous: what a service said last is what it is asked for after a crash, and it says little.
    log: pino(
      { name: service, level, base: { service }, serializers: { err: loggable } },
      pino.destination({ dest: 1, sync: true }),
    ),
    registry,
    counter: (name, help, labels = []) =>
      new Counter({ name: full(name), help, labelNames: labels, registers }),
    gauge: (name, help, read) => {
      const gauge: Gauge = new Gauge({ name: full(name), help, registers, collect: () => gauge.set(read()) })
    },
    histogram: (name, help, buckets) =>
      new Histogram({ name: full(name), help, buckets: [...buckets], registers }),
  }
}
