import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const PROGRAM = fileURLToPath(new URL('./testing/short-life.ts', import.meta.url))

interface End {
  readonly exitCode: unknown
  /** What the service said, and the messages it logged. */
  readonly lines: readonly string[]
  readonly stoppedInMs: number
}

/** Runs a scenario in a process of its own; sends it the signals, if any, once it has started. */
const live = async (scenario: string, ...signals: readonly NodeJS.Signals[]): Promise<End> => {
  const child = spawn(process.execPath, [PROGRAM, scenario], {
    env: { LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = once(child, 'exit')
  const lines: string[] = []
  let signalledAt = 0
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line.startsWith('{') ? (JSON.parse(line) as { msg: string }).msg : line)
    if (line !== 'started') continue
    signalledAt = performance.now()
    for (const signal of signals) child.kill(signal)
  }
  const [exitCode] = (await exit) as readonly unknown[]
  return { exitCode, lines, stoppedInMs: performance.now() - signalledAt }
}

describe('a service', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'stops on %s, what was opened last first, with exit code 0',
    async (signal) => {
      expect(await live('orderly', signal)).toMatchObject({
        exitCode: 0,
        lines: ['started', 'closed last opened', 'closed first opened'],
      })
    },
  )

  test('goes on stopping when a step fails, and ends with exit code 1', async () => {
    expect(await live('failing step', 'SIGTERM')).toMatchObject({
      exitCode: 1,
      lines: ['started', 'a step of the stop failed', 'closed first opened'],
    })
  })

  test.each(['unhandled rejection', 'uncaught exception', 'failure'])(
    'stops in order, and ends with exit code 1, after an %s',
    async (scenario) => {
      const { exitCode, lines } = await live(scenario)
      expect(exitCode).toBe(1)
      expect(new Set(lines)).toEqual(new Set(['started', 'failed', 'closed first opened']))
    },
  )

  test('that cannot start closes what it had opened, and ends with exit code 1', async () => {
    expect(await live('failed start')).toMatchObject({
      exitCode: 1,
      lines: ['failed', 'closed first opened'],
    })
  })

  test('whose stop hangs gives up what still tries, and ends with exit code 1 before its supervisor kills it', async () => {
    const { exitCode, lines, stoppedInMs } = await live('hanging step', 'SIGTERM')
    expect(exitCode).toBe(1)
    expect(lines).toEqual(['started', 'grace is over', 'not stopped within 9000 ms: ending'])
    expect(stoppedInMs).toBeLessThan(10_000)
  })
})
