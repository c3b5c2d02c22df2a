import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, expect, it, onTestFinished } from 'vitest'
import { type ProcessOptions, startProcess } from './managed-process.ts'
import { pickFreePort } from './ports.ts'
import { answersWith } from './tcp-probe.ts'
import { waitUntil } from './wait-until.ts'

const folder = mkdtempSync(join(tmpdir(), 'baqylau-process-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// Answers "hello" to whoever writes. With STUBBORN, it does not mind SIGTERM.
const SERVER = `
  const { createServer } = require('node:net')
  if (process.env.STUBBORN) process.on('SIGTERM', () => undefined)
  createServer((socket) => socket.on('data', () => socket.end('hello'))).listen(Number(process.argv[1]), '127.0.0.1')
`

function server(port: number): ProcessOptions {
  return {
    name: 'Greeter',
    command: [process.execPath, '-e', SERVER, String(port)],
    logFile: join(folder, `${port}.log`),
    isReady: async () => greets(port),
  }
}

async function greets(port: number): Promise<boolean> {
  return answersWith(port, Buffer.from('?'), (answer) => answer.toString() === 'hello')
}

/** A zombie has ended: whether it is reaped is up to the machine's first process. */
function exists(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout.trim() !== '' && !stdout.startsWith('Z')
}

it('is ready when it starts, again after a restart, and gone after a stop', async () => {
  const port = await pickFreePort()
  const greeter = await startProcess(server(port))
  onTestFinished(greeter.stop)
  const first = greeter.pid
  expect(await greets(port)).toBe(true)
  await greeter.restart()
  expect(greeter.pid).not.toBe(first)
  expect(await greets(port)).toBe(true)
  await greeter.stop()
  expect([greeter.isRunning, exists(first), exists(greeter.pid)]).toEqual([false, false, false])
})

it('stays dead when it is killed, and can be restarted', async () => {
  const port = await pickFreePort()
  const greeter = await startProcess(server(port))
  onTestFinished(greeter.stop)
  greeter.kill('SIGKILL')
  expect(await waitUntil(async () => Promise.resolve(!greeter.isRunning), { withinMs: 5_000 })).toBe(true)
  await greeter.restart()
  expect(await greets(port)).toBe(true)
})

it('starts again by itself where that was asked for, until it is stopped', async () => {
  const port = await pickFreePort()
  const greeter = await startProcess({ ...server(port), restartsOnExit: true })
  onTestFinished(greeter.stop)
  const first = greeter.pid
  greeter.kill('SIGKILL')
  const cameBack = async (): Promise<boolean> => greeter.pid !== first && (await greets(port))
  expect(await waitUntil(cameBack, { withinMs: 10_000 })).toBe(true)
  await greeter.stop()
  expect([greeter.isRunning, exists(greeter.pid)]).toEqual([false, false])
})

it('is killed when it does not stop in time', async () => {
  const port = await pickFreePort()
  const greeter = await startProcess({ ...server(port), env: { STUBBORN: '1' }, stopWithinMs: 200 })
  onTestFinished(greeter.stop)
  await greeter.stop()
  expect(exists(greeter.pid)).toBe(false)
})

it('shows the end of the log of what ends while it starts', async () => {
  const logFile = join(folder, 'broken.log')
  const command = [process.execPath, '-e', 'console.error("no such luck"); process.exit(3)'] as const
  const starting = startProcess({
    name: 'Broken',
    command,
    logFile,
    isReady: async () => Promise.resolve(false),
  })
  await expect(starting).rejects.toThrow(
    /^Broken ended while it started\. The end of .+broken\.log:\nno such luck$/,
  )
})

it('gives up on what is not ready in time, and leaves nothing running', async () => {
  const port = await pickFreePort()
  const isReady = async (): Promise<boolean> => Promise.resolve(false)
  const starting = startProcess({ ...server(port), isReady, readyWithinMs: 300 })
  await expect(starting).rejects.toThrow('was not ready within 0.3 s')
  expect(await greets(port)).toBe(false)
})

it.each(['SIGTERM', 'SIGKILL'] as const)(
  'ends, with its own children, when its parent gets %s',
  async (signal) => {
    const port = await pickFreePort()
    const script = join(folder, `parent-${signal}.ts`)
    // The greeter is a grandchild here: it has to go too.
    const command = JSON.stringify([
      '/bin/sh',
      '-c',
      '"$0" -e "$1" "$2" & wait',
      process.execPath,
      SERVER,
      String(port),
    ])
    writeFileSync(
      script,
      `import { startProcess } from ${JSON.stringify(join(import.meta.dirname, 'managed-process.ts'))}
     import { answersWith } from ${JSON.stringify(join(import.meta.dirname, 'tcp-probe.ts'))}
     const isReady = () => answersWith(${port}, Buffer.from('?'), () => true)
     const logFile = ${JSON.stringify(join(folder, 'grandchild.log'))}
     const greeter = await startProcess({ name: 'Greeter', command: ${command}, logFile, isReady })
     console.log(greeter.pid)`,
    )
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const printed = text(parent.stdout)
    expect(await waitUntil(async () => greets(port), { withinMs: 10_000 })).toBe(true)
    parent.kill(signal)
    const pid = Number(await printed)
    const isGone = async (): Promise<boolean> => !exists(pid) && !(await greets(port))
    expect(await waitUntil(isGone, { withinMs: 12_000 })).toBe(true)
  },
)
