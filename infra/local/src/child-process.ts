import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { inheritedEnvironment } from './config.ts'

/** A command with its arguments, where it runs, and where what it prints goes. */
export interface ChildCommand {
  readonly command: readonly [string, ...string[]]
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly cwd?: string | undefined
  /** Standard output and standard error are appended to it. */
  readonly logFile: string
}

/** How a process ended: by itself, or by a signal. */
interface ProcessExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** One running process. It dies with this one, however this one ends. */
export interface ChildProcess {
  readonly pid: number
  readonly exited: Promise<ProcessExit>
  readonly isRunning: () => boolean
  /** Does nothing once the process has ended. */
  readonly kill: (signal: NodeJS.Signals) => void
}

// A shell that becomes the server (so the pid, the signals and the exit code are the server's own), and leaves
// a guardian in the server's process group. The guardian waits on a pipe that this process holds: it closes when
// this process ends, even by SIGKILL. The group's id cannot be taken by others while the guardian is in it.
const GUARDED_START = `
exec 3<&0
(
  trap '' TERM INT HUP
  read -r _ <&3
  kill -s TERM $$ 2>/dev/null
  waited=0
  while kill -s 0 $$ 2>/dev/null && [ $waited -lt 80 ]; do sleep 0.1; waited=$((waited + 1)); done
  kill -s KILL -- -$$
) &
exec "$@" 3<&- </dev/null
`
const LOG_BYTES_MAX = 16 * 1024 * 1024

/** Starts a command in a process group of its own. A command that is not there shows as an exit with code 127. */
export function startChild(options: ChildCommand): ChildProcess {
  const log = openLog(options.logFile)
  const child = spawn('/bin/sh', ['-c', GUARDED_START, 'sh', ...options.command], {
    detached: true,
    stdio: ['pipe', log, log],
    cwd: options.cwd,
    env: { ...inheritedEnvironment, ...options.env },
  })
  closeSync(log)
  const { pid } = child
  const { promise: exited, resolve } = Promise.withResolvers<ProcessExit>()
  if (pid === undefined) throw new Error('/bin/sh could not be started.')
  child.once('exit', (code, signal) => {
    child.stdin?.destroy()
    resolve({ code, signal })
  })
  return {
    pid,
    exited,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    kill: (signal) => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    },
  }
}

/** Ends a process: asks, waits, and insists. Resolves once it is gone. */
export async function stopChild(child: ChildProcess, withinMs: number): Promise<void> {
  child.kill('SIGTERM')
  const insist = setTimeout(() => child.kill('SIGKILL'), withinMs)
  await child.exited
  clearTimeout(insist)
}

/** The last lines of a log, for a message about why its process ended. */
export function lastLines(logFile: string, count: number): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-count).join('\n')
}

function openLog(logFile: string): number {
  mkdirSync(dirname(logFile), { recursive: true })
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0
  return openSync(logFile, size > LOG_BYTES_MAX ? 'w' : 'a', 0o600)
}
