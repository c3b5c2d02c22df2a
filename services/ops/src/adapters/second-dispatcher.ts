import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { AppError } from '@baqylau/contracts'
import { dispatcherEnvironment } from '../config.ts'

/** A service of its own, and so no module of ours: it is in the same image. */
const MAIN = fileURLToPath(new URL('../../../dispatcher/src/main.ts', import.meta.url))
/** However this process ends, the channel to it closes then, and the dispatcher stops. */
const END_WITH_PARENT =
  "data:text/javascript,process.once('disconnect',()=>process.kill(process.pid,'SIGTERM'))"
/** A stop takes a service up to nine seconds. */
const STOP_MS_MAX = 12_000
const SAID_LENGTH_MAX = 2000

export interface SecondDispatcher {
  /** @throws AppError `job_failed` when it has ended unasked, with what it said. */
  readonly requireRunning: () => void
  readonly stop: () => Promise<void>
}

const isRunning = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode === null && signalCode === null

/** Starts a dispatcher on a consumer group of its own, as a process that ends with this one. */
export const startSecondDispatcher = (group: string): SecondDispatcher => {
  const child = spawn(process.execPath, ['--import', END_WITH_PARENT, MAIN], {
    env: dispatcherEnvironment(group),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let said = ''
  const hear = (chunk: Buffer): void => {
    said = (said + chunk.toString()).slice(-SAID_LENGTH_MAX)
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  return {
    requireRunning: () => {
      if (isRunning(child)) return
      throw new AppError('job_failed', `The second dispatcher ended by itself. It said: ${said.trim()}`)
    },
    stop: async () => {
      if (!isRunning(child)) return
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      const insist = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
      await exited
      clearTimeout(insist)
    },
  }
}
