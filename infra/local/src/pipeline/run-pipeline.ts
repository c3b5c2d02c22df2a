import { openClickHouse, type ClickHouse } from '@baqylau/clickhouse'
import { startStack, type Stack } from '../stack.ts'
import type { StackEnvironment } from '../config.ts'
import type { KafkaDetour } from '../stack-options.ts'
import { type Access, ensureAccess, writeEnvironment } from './access.ts'
import { portVariable, type Service, SERVICES, type Services, startServices } from './services.ts'

export interface PipelineOptions extends StackEnvironment {
  readonly dataDir: string
  readonly servicePorts: Readonly<Record<Service, number>>
  readonly kafkaDetour?: KafkaDetour | undefined
  /** What one service has in its environment beyond what all have, or instead. */
  readonly environmentOf?: ((service: Service) => Readonly<Record<string, string>>) | undefined
  readonly onProgress: (line: string) => void
}

/** The whole of it, running. */
export interface Pipeline {
  readonly stack: Stack
  readonly services: Services
  readonly access: Access
  readonly clickhouse: ClickHouse
  readonly intakeUrl: string
  readonly atlasUrl: string
  /** Ends every process, in under 10 s. */
  readonly stop: () => Promise<void>
}

const REQUEST_MS_MAX = 30_000

const localUrl = (port: number): string => `http://localhost:${port}`

/** Starts the three servers, then every service; each is started again when it ends unasked. @throws Error that says what is missing or did not start. */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { dataDir, servicePorts, environmentOf, onProgress } = options
  const otherPorts = SERVICES.map((service) => ({
    title: service,
    variable: portVariable(service),
    port: servicePorts[service],
  }))
  const stack = await startStack({ ...options, otherPorts, restartsOnExit: true })
  const access = ensureAccess(dataDir, new Date())
  const atlasUrl = localUrl(servicePorts.atlas)
  const env = {
    ...stack.env,
    SECRET_FILE: access.secretFile,
    KEYS_FILE: access.keysFile,
    ATLAS_PUBLIC_URL: atlasUrl,
  }
  writeEnvironment(dataDir, {
    ...env,
    OPS_INTAKE_URL: localUrl(servicePorts.intake),
    OPS_KEY: access.keys.operator,
  })
  const services = await startServices({
    dataDir,
    env,
    environmentOf,
    ports: servicePorts,
    onProgress,
  }).catch(async (error: unknown) => {
    await stack.stop()
    throw error
  })
  const clickhouse = openClickHouse({
    url: stack.env['CLICKHOUSE_URL'] ?? '',
    user: stack.env['CLICKHOUSE_USER'] ?? '',
    password: stack.env['CLICKHOUSE_PASSWORD'] ?? '',
    requestMsMax: REQUEST_MS_MAX,
  })
  return {
    stack,
    services,
    access,
    clickhouse,
    intakeUrl: localUrl(servicePorts.intake),
    atlasUrl,
    stop: async () => {
      await clickhouse.close()
      await services.stop()
      await stack.stop()
    },
  }
}
