import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { pickFreePort } from '@baqylau/infra-local'
import { afterAll, expect, it, onTestFinished } from 'vitest'

const ROOT = join(import.meta.dirname, '..', '..')
const PROGRAM = join(ROOT, 'infra/local/src/main.ts')
const OPERATOR = join(ROOT, 'services/ops/src/main.ts')
const dataDir = mkdtempSync(join(tmpdir(), 'baqylau-demo-'))
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

interface Summary {
  readonly submitted: number
  readonly accepted: number
  readonly landed: number
  readonly enriched: number
  readonly unresolved: number
  readonly deadLetters: number
  readonly seconds: number
  readonly akimats: readonly { readonly regionCode: string; readonly reports: number }[]
}

const PORTS = ['INTAKE_PORT', 'ATLAS_PORT', 'KAFKA_PORT', 'REDIS_PORT', 'CLICKHOUSE_PORT']

async function environment(lang: string): Promise<NodeJS.ProcessEnv> {
  const ports = await Promise.all(PORTS.map(async (name) => [name, String(await pickFreePort())] as const))
  return { ...process.env, ...Object.fromEntries(ports), BAQYLAU_DATA_DIR: dataDir, LANG: lang, LC_ALL: '' }
}

async function runDemo(lang: string): Promise<{ readonly printed: string; readonly summary: Summary }> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, 'demo', '--json'], {
    env: await environment(lang),
  })
  const lines = stdout.trimEnd().split('\n')
  return { printed: stdout, summary: JSON.parse(lines.at(-1) ?? '') as Summary }
}

/** The processes that know the data directory: those that were started for it. */
const processesLeft = (): readonly string[] =>
  spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line.includes(dataDir))

const fixtures = readFileSync(join(ROOT, 'test/fixtures/autumn-2005.ndjson'), 'utf8').trim().split('\n')

it('brings every sample report into the table by akimat, the same on the same data again, and leaves no process behind', async () => {
  const first = await runDemo('en_GB.UTF-8')
  const count = fixtures.length
  expect(first.summary).toMatchObject({
    submitted: count,
    accepted: count,
    landed: count,
    enriched: count,
    deadLetters: 0,
  })
  const placed = first.summary.akimats.reduce((sum, { reports }) => sum + reports, 0)
  expect(placed + first.summary.unresolved).toBe(count)
  expect(first.summary.akimats).toHaveLength(16)
  expect(first.printed).toContain('Almaty City')

  const again = await runDemo('kk_KZ.UTF-8')
  expect({ ...again.summary, seconds: 0 }).toEqual({ ...first.summary, seconds: 0 })
  expect(again.printed).toContain('Алматы қаласы')
  expect(processesLeft()).toEqual([])
})

it('stays up until it is interrupted, finds its operator, and ends everything within ten seconds', async () => {
  const env = await environment('ru_RU.UTF-8')
  const child = spawn(process.execPath, [PROGRAM, 'start'], { env, stdio: ['ignore', 'pipe', 'ignore'] })
  // Whatever fails below, what it started ends when it does.
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const exited = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) if (line.includes('Ctrl-C')) break
  const envFile = `--env-file=${join(dataDir, 'operator.env')}`
  const { stdout } = await promisify(execFile)(process.execPath, [envFile, OPERATOR, 'status', '--json'])
  expect(stdout).toContain(`"reports":${fixtures.length}`)

  const interruptedAt = performance.now()
  child.kill('SIGINT')
  expect(await exited).toEqual([0, null])
  expect(performance.now() - interruptedAt).toBeLessThan(10_000)
  expect(processesLeft()).toEqual([])
})
