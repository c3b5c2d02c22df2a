import { BODY_BYTES_MAX } from '@baqylau/contracts'
import {
  createHttpServer,
  type DeploymentKeys,
  type Health,
  type KeyRing,
  type Telemetry,
} from '@baqylau/service-kit'
import type { FastifyInstance } from 'fastify'
import type { Intake } from '../app.ts'
import type { IntakeConfig } from '../config.ts'
import type { IntakeTelemetry } from '../telemetry.ts'
import { createBodyBudget } from './body-budget.ts'
import { addHttpApi } from './http-api.ts'
import { addOpenApi } from './openapi.ts'
import { addPages } from './pages/pages.ts'

export interface IntakeServerParts {
  readonly config: IntakeConfig
  readonly intake: Intake
  readonly keys: KeyRing
  readonly secrets: DeploymentKeys
  readonly telemetry: Telemetry
  readonly intakeTelemetry: IntakeTelemetry
  readonly health: Health
}

/** Everything that intake answers over HTTP: the interface for programs, its description, and the form for people. */
export const createIntakeServer = async (parts: IntakeServerParts): Promise<FastifyInstance> => {
  const { config, intake, keys, secrets, telemetry, health } = parts
  const server = createHttpServer({ telemetry, health, bodyBytesMax: BODY_BYTES_MAX })
  const budget = createBodyBudget(config.INTAKE_BODIES_BYTES_MAX)
  await addOpenApi(server)
  await server.register((scope) => addHttpApi(scope, { intake, keys, budget, receiptKeys: secrets.receipts }))
  await server.register((scope) =>
    addPages(scope, {
      intake,
      keys,
      sessionKey: secrets.sessions,
      receiptKeys: secrets.receipts,
      telemetry: parts.intakeTelemetry,
      receiptPageUrl: `${config.ATLAS_PUBLIC_URL.replace(/\/+$/u, '')}/receipt`,
    }),
  )
  return server
}
