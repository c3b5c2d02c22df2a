import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ReportAccepted } from '@baqylau/contracts'
import { afterEach, describe, expect, it } from 'vitest'
import { makeSurroundings, makeTopics, readReports, until } from './testing/open-intake.ts'
import { bodyOf, json, newReport, postTo } from './testing/send-reports.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const surroundings = makeSurroundings(process.env['KAFKA_BROKERS'] ?? '')
const running = new Set<ReturnType<typeof spawn>>()

afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
})

/** The service as a process of its own, with nothing in its environment but this. */
const start = (env: Readonly<Record<string, string>>) => {
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  const output: string[] = []
  child.stdout.on('data', (data: Buffer) => output.push(data.toString()))
  child.stderr.on('data', (data: Buffer) => output.push(data.toString()))
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { child, exit, output: () => output.join('') }
}

const residentBytes = (pid: number | undefined): number =>
  Number(/VmRSS:\s+(\d+) kB/u.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024

describe('the service', () => {
  it('says that it is not for real reporters yet, stays below 150 MB, and finishes what it holds when it is told to stop', async () => {
    await makeTopics(surroundings)
    const { child, exit, output } = start(surroundings.env)
    await until('the address', () => output().includes('intake listens'))
    const url = /"address":"([^"]+)"/u.exec(output())?.[1] ?? ''
    expect(output()).toContain('Not yet for real reporters')
    const post = postTo(url, surroundings.accessKeys.field)
    expect((await post(json(newReport()))).status).toBe(202)
    expect(residentBytes(child.pid)).toBeLessThan(150_000_000)

    const reports = Array.from({ length: 20 }, () => newReport())
    const answers = Promise.allSettled(reports.map((report) => post(json(report))))
    await until('the first of them', async () => (await fetch(`${url}/healthz`)).ok)
    const begun = performance.now()
    child.kill('SIGTERM')
    // What is answered when the stop has begun is answered truly: a connection may end instead, and tells nothing.
    const accepted = (await answers).flatMap((answer) =>
      answer.status === 'fulfilled' && answer.value.status === 202 ? [answer.value] : [],
    )
    expect(await exit).toBe(0)
    expect(performance.now() - begun).toBeLessThan(10_000)
    const ids = await Promise.all(accepted.map((response) => bodyOf<ReportAccepted>(response)))
    const log = await readReports(surroundings)
    const landed = () => new Set(log.events.map((event) => (event as { id: string }).id))
    await until('what was accepted', () => ids.every(({ eventId }) => landed().has(eventId)))
    await log.close()
  })
  it('names every fault of its configuration at once, and ends', async () => {
    const { exit, output } = start({ INTAKE_PORT: 'many', INTAKE_COLOUR: 'red', KEYS_FILE: 'x' })
    expect(await exit).toBe(1)
    for (const name of ['INTAKE_PORT', 'INTAKE_COLOUR', 'SECRET_FILE']) expect(output()).toContain(name)
  })
})
