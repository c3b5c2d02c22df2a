import type { Telemetry } from '@baqylau/service-kit'

/** Every metric of atlas, by name. It logs no request: who asks for what is nobody's business. */
export interface AtlasTelemetry {
  readonly answered: (route: string, status: number, seconds: number) => void
}

const SECONDS_BUCKETS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

export const createAtlasTelemetry = (telemetry: Telemetry): AtlasTelemetry => {
  const requests = telemetry.counter('requests_total', 'Requests answered, by route and status.', [
    'route',
    'status',
  ])
  const duration = telemetry.histogram('request_duration_seconds', 'Time to answer.', SECONDS_BUCKETS)
  return {
    answered: (route, status, seconds) => {
      requests.inc({ route, status })
      duration.observe(seconds)
    },
  }
}
