import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const MAIN = join(import.meta.dirname, '..', '..', 'services', 'ops', 'src', 'main.ts')

/** As in the image. */
const NODE_OPTIONS = '--max-semi-space-size=4'

export interface CommandEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The document that the command printed; undefined when it was killed before. */
  readonly document: unknown
  /** What was said on standard error. */
  readonly said: string
}

/** A command of the operators' command line, as a process of its own. */
export interface BaqylauCommand {
  readonly child: ChildProcess
  /** What was said on standard error so far. */
  readonly said: () => string
  readonly ended: Promise<CommandEnd>
}

/** Starts `baqylau … --json`. */
export const startBaqylau = (
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): BaqylauCommand => {
  const child = spawn(process.execPath, [MAIN, '--json', ...args], {
    env: { PATH: process.env['PATH'], NODE_OPTIONS, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const end = async (): Promise<CommandEnd> => {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
    return { code, signal, document: out === '' ? undefined : (JSON.parse(out) as unknown), said }
  }
  return { child, said: () => said, ended: end() }
}
