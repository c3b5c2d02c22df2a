import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inheritedEnvironment } from '../config.ts'
import { type ManagedProcess, startProcess } from '../managed-process.ts'
import { pickFreePort } from '../ports.ts'

export const REPOSITORY = join(import.meta.dirname, '..', '..', '..', '..')

export const SERVICES = ['intake', 'dispatcher', 'enricher', 'lander', 'atlas'] as const
export type Service = (typeof SERVICES)[number]

export interface ServicesOptions {
  readonly dataDir: string
  /** The environment of every service: the servers' addresses, the files of keys. */
  readonly env: Readonly<Record<string, string>>
  readonly environmentOf?: ((service: Service) => Readonly<Record<string, string>>) | undefined
  readonly ports: Readonly<Record<Service, number>>
  readonly onProgress: (line: string) => void
}

export interface Services {
  /** The first process of each. */
  readonly processes: ReadonlyMap<Service, ManagedProcess>
  /** Starts another process of a service beside those that run, on a free port. `stop` of it takes it away. */
  readonly add: (service: Service) => Promise<ManagedProcess>
  readonly stop: () => Promise<void>
}

/**
 * A young generation of 3 × 4 MiB instead of 3 × 16: at rest a service takes some 120 MiB instead of 160. The image sets the
 * same.
 */
const NODE_OPTIONS = '--max-semi-space-size=4'
const OPERATOR_COMMAND_MS_MAX = 60_000
/** A stop takes less than ten seconds, servers included. What a killed service had not confirmed, it does again. */
const STOP_MS_MAX = 5000
const READY_MS_MAX = 45_000
const ANSWER_MS_MAX = 1000

/** Runs a command of the operators' command line. @throws Error with what it said. */
async function runOperatorCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await promisify(execFile)(
      process.execPath,
      [join(REPOSITORY, 'services', 'ops', 'src', 'main.ts'), ...args],
      {
        env: { ...inheritedEnvironment, ...env },
        timeout: OPERATOR_COMMAND_MS_MAX,
      },
    )
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : String(cause)
    throw new Error(`baqylau ${args.join(' ')} failed: ${said.trim()}`, { cause })
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX) })
    return response.ok
  } catch {
    return false
  }
}

/** The variable that a service reads its port from. */
export const portVariable = (service: Service): string => `${service.toUpperCase()}_PORT`

/** One process of a service. */
interface Instance {
  readonly service: Service
  readonly name: string
  readonly port: number
}

/** The environment of one service: its own port among it. */
function serviceEnvironment(
  { service, port }: Instance,
  options: ServicesOptions,
): Readonly<Record<string, string>> {
  const { CLICKHOUSE_READONLY_USER: user, CLICKHOUSE_READONLY_PASSWORD: password } = options.env
  // Atlas reads, and has no more rights than that, where ClickHouse has a user for it.
  const reading =
    service === 'atlas' && user !== undefined && password !== undefined
      ? { CLICKHOUSE_USER: user, CLICKHOUSE_PASSWORD: password }
      : {}
  const own = { NODE_OPTIONS, [portVariable(service)]: String(port) }
  return { ...options.env, ...own, ...reading, ...options.environmentOf?.(service) }
}

async function startService(instance: Instance, options: ServicesOptions): Promise<ManagedProcess> {
  const { service, name, port } = instance
  const started = await startProcess({
    name,
    command: [process.execPath, join(REPOSITORY, 'services', service, 'src', 'main.ts')],
    env: serviceEnvironment(instance, options),
    logFile: join(options.dataDir, 'logs', `${name}.log`),
    isReady: () => answers(`http://127.0.0.1:${port}/readyz`),
    readyWithinMs: READY_MS_MAX,
    stopWithinMs: STOP_MS_MAX,
    restartsOnExit: true,
    onProgress: options.onProgress,
  })
  options.onProgress(`${name} is ready.`)
  return started
}

/**
 * Makes topics and tables, then starts every service as a process of its own, which is started again when it exits.
 * @throws Error that names what did not start; then nothing is left running.
 */
export async function startServices(options: ServicesOptions): Promise<Services> {
  options.onProgress('Making topics and tables …')
  await Promise.all([
    runOperatorCommand(['topics'], options.env),
    runOperatorCommand(['migrate'], options.env),
  ])
  options.onProgress('Starting the services …')
  const results = await Promise.allSettled(
    SERVICES.map((service) =>
      startService({ service, name: service, port: options.ports[service] }, options),
    ),
  )
  const processes = new Map<Service, ManagedProcess>()
  const faults: string[] = []
  for (const [index, service] of SERVICES.entries()) {
    const result = results[index]
    if (result?.status === 'fulfilled') processes.set(service, result.value)
    else faults.push(String(result?.reason))
  }
  const added: ManagedProcess[] = []
  const add = async (service: Service): Promise<ManagedProcess> => {
    const name = `${service}-${added.length + 2}`
    const one = await startService({ service, name, port: await pickFreePort() }, options)
    added.push(one)
    return one
  }
  const stop = async (): Promise<void> => {
    await Promise.all([...processes.values(), ...added].map((service) => service.stop()))
  }
  if (faults.length === 0) return { processes, add, stop }
  await stop()
  throw new Error(faults.join('\n'))
}
