import { createHttpServer, type Health, type KeyRing, type Telemetry } from '@baqylau/service-kit'
import type { FastifyInstance } from 'fastify'
import type { Atlas } from '../app.ts'
import { createAtlasTelemetry } from '../telemetry.ts'
import { addApi, sendDailyCsv } from './http-api.ts'
import { addOpenApi } from './openapi.ts'
import { addPages } from './pages/page-routes.ts'

export interface AtlasServerOptions {
  readonly atlas: Atlas
  readonly keys: KeyRing
  readonly sessionKey: Uint8Array
  readonly lookupsPerMinute: number
  readonly health: Health
  readonly telemetry: Telemetry
}

const BODY_BYTES_MAX = 10_000

/** Everything that atlas serves, ready to listen. */
export const createAtlasServer = async (options: AtlasServerOptions): Promise<FastifyInstance> => {
  const { telemetry, health } = options
  const server = createHttpServer({ telemetry, health, bodyBytesMax: BODY_BYTES_MAX })
  const { answered } = createAtlasTelemetry(telemetry)
  server.addHook('onResponse', (request, reply, done) => {
    answered(request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000)
    done()
  })
  await addOpenApi(server)
  await addApi(server, options)
  await addPages(server, { ...options, sendCsv: sendDailyCsv })
  return server
}
