import { BODY_BYTES_MAX } from '@baqylau/contracts'
import { createHttpServer, type Health, type KeyRing, type Telemetry } from '@baqylau/service-kit'
import type { FastifyInstance } from 'fastify'
import type { Intake } from '../app.ts'
import { addHttpApi } from './http-api.ts'
import { addOpenApi } from './openapi.ts'

export interface IntakeServerParts {
  readonly intake: Intake
  readonly keys: KeyRing
  readonly telemetry: Telemetry
  readonly health: Health
  readonly bodiesBytesMax: number
}

/** Everything that intake answers over HTTP. */
export const createIntakeServer = async (parts: IntakeServerParts): Promise<FastifyInstance> => {
  const server = createHttpServer({ ...parts, bodyBytesMax: BODY_BYTES_MAX })
  await addOpenApi(server)
  await server.register((scope) => addHttpApi(scope, parts))
  return server
}
