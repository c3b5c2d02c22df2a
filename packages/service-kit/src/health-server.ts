import type { Health } from './health.ts'
import { createHttpServer, listen } from './http-server.ts'
import type { Life } from './lifecycle.ts'

export interface HealthServerOptions extends Pick<Life, 'telemetry' | 'onStop'> {
  readonly health: Health
  readonly port: number
  /** The variable that says the port, for whoever has to change it. */
  readonly variable: string
}

/** Nobody sends anything to a service that has no interface but its health. */
const BODY_BYTES_MAX = 1024

/** Serves health and metrics, of a service that serves nothing else. @throws AppError `invalid_configuration` when the port is taken. */
export const serveHealth = async ({
  telemetry,
  onStop,
  health,
  port,
  variable,
}: HealthServerOptions): Promise<void> => {
  const server = createHttpServer({ telemetry, health, bodyBytesMax: BODY_BYTES_MAX })
  onStop('http', () => server.close())
  await listen(server, port, variable)
}
