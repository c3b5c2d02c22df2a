import { BODY_BYTES_MAX } from '@baqylau/contracts'
import { createHttpServer, type Health, type KeyRing, type Telemetry } from '@baqylau/service-kit'
import type { FastifyInstance } from 'fastify'
import type { Intake } from '../app.ts'
import { addHttpApi } from './http-api.ts'

export interface IntakeServerParts {
  readonly intake: Intake
  readonly keys: KeyRing
  readonly telemetry: Telemetry
  readonly health: Health
}

/** Everything that intake answers over HTTP. */
export const createIntakeServer = async (parts: IntakeServerParts): Promise<FastifyInstance> => {
  const server = createHttpServer({ ...parts, bodyBytesMax: BODY_BYTES_MAX })
  await server.register((scope, _options, done) => {
    addHttpApi(scope, parts)
    done()
  })
  return server
}
