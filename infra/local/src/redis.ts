import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type ManagedProcess, type ProcessOptions, startProcess } from './managed-process.ts'
import { answersWith } from './tcp-probe.ts'

const MEMORY_MAX = '256mb'

/**
 * A Redis that keeps nothing on disk (the log restores it) and evicts nothing (a queue that loses jobs to make
 * room is no queue).
 */
export async function startRedis(options: {
  readonly dataDir: string
  readonly port: number
  readonly restartsOnExit?: boolean
  readonly onProgress?: ProcessOptions['onProgress']
}): Promise<ManagedProcess> {
  const folder = join(options.dataDir, 'redis')
  mkdirSync(folder, { recursive: true })
  return startProcess({
    name: 'Redis',
    command: ['redis-server', ...settings(folder, options.port)],
    logFile: join(options.dataDir, 'logs', 'redis.log'),
    isReady: async () =>
      answersWith(options.port, Buffer.from('PING\r\n'), (answer) => answer.toString().startsWith('+PONG')),
    restartsOnExit: options.restartsOnExit ?? false,
    ...(options.onProgress && { onProgress: options.onProgress }),
  })
}

function settings(folder: string, port: number): readonly string[] {
  const values: Readonly<Record<string, string>> = {
    port: String(port),
    bind: '127.0.0.1',
    'protected-mode': 'yes',
    save: '',
    appendonly: 'no',
    maxmemory: MEMORY_MAX,
    'maxmemory-policy': 'noeviction',
    dir: folder,
  }
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, value])
}
