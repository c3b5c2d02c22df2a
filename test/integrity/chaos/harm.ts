import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ManagedProcess, waitUntil } from '@baqylau/infra-local'
import type { TcpProxy } from '../../support/tcp-proxy.ts'
import type { Fault, ServerName, ServiceName } from './fault-plan.ts'
import type { World } from './world.ts'

/** Does one fault, and tells what came of it. @throws Error when it could not be done, or harmed nothing. */
export type Harm = (fault: Fault) => Promise<string>

const AWAY_MS_MAX = 30_000
const ANSWER_MS_MAX = 1000
/** How long a fault is tried again, or goes on, until it has harmed something. */
const HARMLESS_MS_MAX = 30_000

/** Until it is there: what was killed a moment ago is only being started again. */
const waitForRunning = async (name: string, isRunning: () => boolean): Promise<void> => {
  if (!(await waitUntil(() => Promise.resolve(isRunning()), { withinMs: AWAY_MS_MAX })))
    throw new Error(`${name} does not run again`)
}

const wipeOnce = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  try {
    socket.write('FLUSHALL\r\n')
    const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(ANSWER_MS_MAX) })) as [Buffer]
    return answer.toString().startsWith('+OK')
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

const wipe = async (redisUrl: string): Promise<string> => {
  const port = Number(new URL(redisUrl).port)
  if (!(await waitUntil(() => wipeOnce(port), { withinMs: AWAY_MS_MAX })))
    throw new Error('Redis does not answer FLUSHALL')
  return 'FLUSHALL'
}

const cut = async (proxy: TcpProxy): Promise<string> => {
  let connections = 0
  const hasHarmed = await waitUntil(
    () => {
      connections = proxy.cut()
      return Promise.resolve(connections > 0)
    },
    { withinMs: HARMLESS_MS_MAX },
  )
  if (!hasHarmed) throw new Error('there was no connection to cut')
  return `${connections} connections`
}

const SERVER_NAMES: readonly string[] = ['kafka', 'redis', 'clickhouse'] satisfies readonly ServerName[]
const isServer = (target: ServiceName | ServerName): target is ServerName => SERVER_NAMES.includes(target)

export const createHarm = ({ pipeline, proxies }: World): Harm => {
  const added: ManagedProcess[] = []

  const processOf = (target: ServiceName | ServerName): ManagedProcess => {
    const found = isServer(target) ? pipeline.stack[target] : pipeline.services.processes.get(target)
    if (found === undefined) throw new TypeError(`${target} is not a process of this pipeline`)
    return found
  }
  const kill = async (target: ServiceName | ServerName): Promise<string> => {
    const victim = processOf(target)
    await waitForRunning(target, () => victim.isRunning)
    const { pid } = victim
    victim.kill('SIGKILL')
    return `process ${pid}`
  }
  const pause = async (target: ServiceName | ServerName, seconds: number): Promise<string> => {
    const victim = processOf(target)
    await waitForRunning(target, () => victim.isRunning)
    const { pid } = victim
    victim.kill('SIGSTOP')
    await sleep(seconds * 1000)
    victim.kill('SIGCONT')
    return `process ${pid}`
  }
  const addEnricher = async (): Promise<string> => {
    const enricher = await pipeline.services.add('enricher')
    added.push(enricher)
    return enricher.name
  }
  const removeEnricher = async (): Promise<string> => {
    const enricher = added.pop()
    if (enricher === undefined) throw new Error('there is no enricher to remove')
    await enricher.stop()
    return enricher.name
  }
  const misconduct = async (
    fault: Extract<Fault, { readonly kind: 'delay' | 'lose_answers' | 'keep_silent' }>,
  ): Promise<string> => {
    const proxy = proxies[fault.target]
    const [count, what] =
      fault.kind === 'delay' ? [proxy.delayed, 'pieces delayed'] : [proxy.answersLost, 'answers lost']
    const before = count()
    proxy.conduct(fault)
    await sleep(fault.seconds * 1000)
    // A server that nobody asked anything was not harmed yet.
    const hasHarmed = await waitUntil(() => Promise.resolve(count() > before), { withinMs: HARMLESS_MS_MAX })
    proxy.conduct({ kind: 'pass' })
    if (!hasHarmed) throw new Error('nobody asked the server anything')
    return `${count() - before} ${what}`
  }

  return async (fault) => {
    switch (fault.kind) {
      case 'kill':
        return kill(fault.target)
      case 'pause':
        return pause(fault.target, fault.seconds)
      case 'wipe_redis':
        return wipe(pipeline.stack.env['REDIS_URL'] ?? '')
      case 'add_enricher':
        return addEnricher()
      case 'remove_enricher':
        return removeEnricher()
      case 'cut':
        return cut(proxies[fault.target])
      default:
        return misconduct(fault)
    }
  }
}
