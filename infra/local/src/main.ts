import { once } from 'node:events'
import { join } from 'node:path'
import { readStackEnvironment } from './config.ts'
import { startStack } from './stack.ts'

const DATA_DIR = join(import.meta.dirname, '..', '..', '..', '.baqylau')

/** Runs the three servers, prints how to reach them, and waits for Ctrl-C. */
async function runStack(): Promise<void> {
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  const stack = await startStack({
    dataDir: DATA_DIR,
    ...readStackEnvironment(),
    onProgress: (line) => console.log(line),
  })
  for (const [name, value] of Object.entries(stack.env)) console.log(`${name}=${value}`)
  console.log('Ctrl-C stops it.')
  await interrupted
  await stack.stop()
}

const command = process.argv[2]
try {
  if (command !== 'stack') throw new Error(`Unknown command ${JSON.stringify(command)}. There is: stack`)
  await runStack()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
