import { setTimeout as delay } from 'node:timers/promises'
import { type ChildCommand, type ChildProcess, lastLines, startChild, stopChild } from './child-process.ts'
import { waitUntil } from './wait-until.ts'

/** What to run, how to tell that it is ready, and what to do when it ends. */
export interface ProcessOptions extends ChildCommand {
  /** As it is called in messages. */
  readonly name: string
  /** Asked until it says yes. It must not throw, and must answer within a second or so. */
  readonly isReady: () => Promise<boolean>
  /** Default 30 s. */
  readonly readyWithinMs?: number
  /** How long SIGTERM may take before SIGKILL. Default 4 s. */
  readonly stopWithinMs?: number
  /** Start it again whenever it ends unasked, after a pause that doubles from 0.25 s to 10 s. Default false. */
  readonly restartsOnExit?: boolean
  /** Told when it ended unasked, and what is done about it. */
  readonly onProgress?: (line: string) => void
}

/** A process that can be killed, stopped and started again. */
export interface ManagedProcess {
  readonly name: string
  readonly logFile: string
  /** Of the process that runs now, or ran last. */
  readonly pid: number
  readonly isRunning: boolean
  /** Sends a signal, as a fault would: the process is started again only where `restartsOnExit` says so. */
  readonly kill: (signal: NodeJS.Signals) => void
  /** Stops it when it runs, starts it, and resolves when it is ready. */
  readonly restart: () => Promise<void>
  /** Ends it for good. */
  readonly stop: () => Promise<void>
}

const READY_WITHIN_MS = 30_000
const STOP_WITHIN_MS = 4_000
const RESTART_PAUSE_MS_MIN = 250
const RESTART_PAUSE_MS_MAX = 10_000
/** A process that lived this long was well: the next pause is short again. */
const SETTLED_AFTER_MS = 30_000
const LOG_LINES_SHOWN = 15

/**
 * Starts a process and resolves when it is ready. The process ends with this one, however this one ends.
 *
 * @throws Error with the end of its log when it exits or is not ready in time; it does not run then.
 */
export async function startProcess(options: ProcessOptions): Promise<ManagedProcess> {
  const { name, logFile } = options
  const stopWithinMs = options.stopWithinMs ?? STOP_WITHIN_MS
  let current = startChild(options)
  // Every start and stop that was asked for begins a new era. Restarts of an earlier one give up.
  let era = 0

  const supervise = async (child: ChildProcess, pauseMs: number): Promise<void> => {
    const own = era
    const startedAt = performance.now()
    const { code, signal } = await child.exited
    if (own !== era) return
    options.onProgress?.(`${name} ended (${signal ?? `code ${code}`}); it is started again. Log: ${logFile}`)
    const settled = performance.now() - startedAt > SETTLED_AFTER_MS
    const ownPauseMs = settled ? RESTART_PAUSE_MS_MIN : pauseMs
    await delay(ownPauseMs)
    if (own !== era) return
    current = startChild(options)
    void supervise(current, Math.min(ownPauseMs * 2, RESTART_PAUSE_MS_MAX))
  }
  const superviseCurrent = (): void => {
    if (options.restartsOnExit === true) void supervise(current, RESTART_PAUSE_MS_MIN)
  }

  await becomeReady(current, options)
  superviseCurrent()
  return {
    name,
    logFile,
    get pid() {
      return current.pid
    },
    get isRunning() {
      return current.isRunning()
    },
    kill: (signal) => current.kill(signal),
    restart: async () => {
      era += 1
      await stopChild(current, stopWithinMs)
      current = startChild(options)
      await becomeReady(current, options)
      superviseCurrent()
    },
    stop: async () => {
      era += 1
      await stopChild(current, stopWithinMs)
    },
  }
}

async function becomeReady(child: ChildProcess, options: ProcessOptions): Promise<void> {
  const ended = new AbortController()
  void child.exited.then(() => ended.abort())
  const withinMs = options.readyWithinMs ?? READY_WITHIN_MS
  const ready = await waitUntil(options.isReady, { withinMs, signal: ended.signal })
  // The answer may have come from another server on the same port.
  if (ready && child.isRunning()) return
  const reason = child.isRunning() ? `was not ready within ${withinMs / 1000} s` : 'ended while it started'
  await stopChild(child, 0)
  const log = lastLines(options.logFile, LOG_LINES_SHOWN)
  throw new Error(`${options.name} ${reason}. The end of ${options.logFile}:\n${log}`)
}
