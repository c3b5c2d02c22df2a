import { createHttpServer, type Health, type KeyRing, type Telemetry } from '@baqylau/service-kit'
import type { FastifyInstance } from 'fastify'
import type { Atlas } from '../app.ts'
import { createAtlasTelemetry } from '../telemetry.ts'
import { addApi, sendDailyCsv } from './http-api.ts'
import { addOpenApi } from './openapi.ts'
import { addPages } from './pages/page-routes.ts'
import { createLookupLimit } from './rate-limit.ts'

export interface AtlasServerOptions {
  readonly atlas: Atlas
  readonly keys: KeyRing
  readonly sessionKey: Uint8Array
  readonly lookupsPerMinute: number
  readonly trustedProxies: readonly string[]
  readonly health: Health
  readonly telemetry: Telemetry
}

const BODY_BYTES_MAX = 10_000

/** Everything that atlas serves, ready to listen. */
export const createAtlasServer = async (options: AtlasServerOptions): Promise<FastifyInstance> => {
  const { telemetry, health, trustedProxies } = options
  const server = createHttpServer({ telemetry, health, bodyBytesMax: BODY_BYTES_MAX, trustedProxies })
  const { answered } = createAtlasTelemetry(telemetry)
  server.addHook('onResponse', (request, reply, done) => {
    answered(request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000)
    done()
  })
  await addOpenApi(server)
  // One counter for the API's and the pages' look-ups: two would be twice as many tries.
  const limitLookups = await createLookupLimit(server, options.lookupsPerMinute)
  await addApi(server, { ...options, limitLookups })
  await addPages(server, { ...options, limitLookups, sendCsv: sendDailyCsv })
  return server
}
