import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pickFreePort } from '@baqylau/infra-local'
import { afterAll, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..', '..')
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

async function runDemo(lang: string): Promise<{ readonly printed: string; readonly summary: Summary }> {
  const ports = await Promise.all(PORTS.map(async (name) => [name, String(await pickFreePort())] as const))
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['infra/local/src/main.ts', 'demo', '--json'],
    {
      cwd: ROOT,
      env: {
        ...process.env,
        ...Object.fromEntries(ports),
        BAQYLAU_DATA_DIR: dataDir,
        LANG: lang,
        LC_ALL: '',
      },
    },
  )
  const lines = stdout.trimEnd().split('\n')
  return { printed: stdout, summary: JSON.parse(lines.at(-1) ?? '') as Summary }
}

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

  const processes = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout
  expect(processes).not.toContain(dataDir)
})
