import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pickFreePort } from '@baqylau/infra-local'
import { vi } from 'vitest'

export type StageName = 'dispatcher' | 'enricher' | 'lander'

export interface HealthAnswer {
  readonly status: number
  readonly checks: Readonly<Record<string, string>>
}

/** One service as a process of its own, as it is run in production. */
export interface ServiceProcess {
  readonly child: ChildProcess
  readonly health: (route: 'healthz' | 'readyz') => Promise<HealthAnswer>
  readonly metrics: () => Promise<string>
  /** Resident memory, in MB. */
  readonly residentMegabytes: () => number
  /** Sends SIGTERM, and tells how the process ended and after how many milliseconds. */
  readonly stop: () => Promise<{ readonly code: number | null; readonly afterMs: number }>
}

const ROOT = join(import.meta.dirname, '..', '..')

/** As the services are run everywhere: a small young generation, since memory at rest matters more to them than speed. */
const NODE_OPTIONS = '--max-semi-space-size=4'

/** Starts a service without waiting for anything. Its log goes nowhere unless `LOG_LEVEL` says so. */
export const spawnService = (
  name: StageName,
  env: Readonly<Record<string, string | undefined>>,
): ChildProcess =>
  spawn(process.execPath, [join(ROOT, 'services', name, 'src', 'main.ts')], {
    env: { PATH: process.env['PATH'], NODE_OPTIONS, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })

/** Starts a service on a free port, and resolves when it answers. */
export const startService = async (
  name: StageName,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ServiceProcess> => {
  const port = await pickFreePort()
  const child = spawnService(name, {
    LOG_LEVEL: 'warn',
    ...env,
    [`${name.toUpperCase()}_PORT`]: String(port),
  })
  child.stdout?.resume()
  child.stderr?.resume()
  const ask = (route: string): Promise<Response> => fetch(`http://127.0.0.1:${port}/${route}`)
  await vi.waitFor(() => ask('healthz'), { timeout: 30_000, interval: 50 })
  return {
    child,
    health: async (route) => {
      const response = await ask(route)
      const { checks } = (await response.json()) as { readonly checks: Readonly<Record<string, string>> }
      return { status: response.status, checks }
    },
    metrics: async () => (await ask('metrics')).text(),
    residentMegabytes: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024
    },
    stop: async () => {
      const startedAt = performance.now()
      const running = child.exitCode === null && child.signalCode === null
      const exited = running ? once(child, 'exit') : Promise.resolve([child.exitCode])
      child.kill('SIGTERM')
      const [code] = (await exited) as [number | null]
      return { code, afterMs: performance.now() - startedAt }
    },
  }
}
