import { readPipelineEnvironment, readStackEnvironment } from './config.ts'
import { type CommandOptions, demo, InterruptedStart, start } from './pipeline/commands.ts'
import { startStack } from './stack.ts'

const startedAt = performance.now()
const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interruption.abort()
  })
}

const json = process.argv.includes('--json')
/** Progress goes to standard error, so that standard output has only what was asked for. */
const onProgress = (line: string): void => {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)
  process.stderr.write(`[${seconds} s] ${line}\n`)
}
const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** Runs the three servers alone, prints how to reach them, and waits for Ctrl-C. */
async function stack(options: CommandOptions): Promise<void> {
  const servers = await startStack({ ...options, ...readStackEnvironment(), restartsOnExit: true })
  for (const [name, value] of Object.entries(servers.env)) print(`${name}=${value}`)
  print('Ctrl-C stops it.')
  await new Promise((resolve) => {
    options.interrupted.addEventListener('abort', resolve, { once: true })
  })
  await servers.stop()
}

async function run(command: string | undefined): Promise<void> {
  const environment = await readPipelineEnvironment()
  const options = { ...environment, onProgress, print, interrupted: interruption.signal }
  if (command === 'start') return start(options)
  if (command === 'demo') return demo(options, json)
  if (command === 'stack') return stack(options)
  throw new Error(`Unknown command ${JSON.stringify(command)}. There are: start, demo [--json], stack`)
}

try {
  await run(process.argv[2])
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
  // What is still starting would keep this process up; its children end when it does.
  if (error instanceof InterruptedStart) process.exit(130)
}
