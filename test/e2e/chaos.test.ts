import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { runChaos } from '../integrity/chaos/chaos.ts'
import { KINDS_OF_FAULTS, planFaults, type Stretch } from '../integrity/chaos/fault-plan.ts'
import { patchedEnvironment } from '../integrity/chaos/patch.ts'
import { type Sabotage, SABOTAGES } from '../integrity/chaos/sabotage.ts'
import { faultsOfRun } from '../integrity/chaos/soundness.ts'

const SEED = 7
const REPORTS = 1500
const REPORTS_OF_SABOTAGE = 400
const RUN_MS_MAX = 300_000

const run = async (reports: number, stretches: readonly Stretch[], sabotage?: Sabotage) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'baqylau-chaos-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const told: string[] = []
  const result = await runChaos({
    seed: SEED,
    reports,
    stretches,
    dataDir,
    environmentOf: (service) => (service === sabotage?.service ? patchedEnvironment(sabotage.patch) : {}),
    onProgress: (line) => told.push(line),
  })
  return { result, wrong: faultsOfRun(result, { stretches }), told }
}

it(
  'loses nothing and counts nothing twice, through one fault of each kind, and what brings sabotage to light',
  async () => {
    const stretches = [...planFaults(SEED, KINDS_OF_FAULTS), ...SABOTAGES.map(({ stretch }) => stretch)]
    const { result, wrong, told } = await run(REPORTS, stretches)
    const { lost, doubled, differing, examples, failures } = result
    expect({ lost, doubled, differing, examples, failures }).toEqual({
      lost: 0,
      doubled: 0,
      differing: 0,
      examples: [],
      failures: [],
    })
    expect({ wrong, told }).toEqual({ wrong: [], told })
  },
  RUN_MS_MAX,
)

it.each(SABOTAGES)(
  'sees that reports are lost when $name',
  async (sabotage) => {
    const { result, wrong } = await run(REPORTS_OF_SABOTAGE, [sabotage.stretch], sabotage)
    const { lost, verified, failures } = result
    expect({ sound: wrong.length === 0, lost: lost > 0, verified, failures }).toEqual({
      sound: false,
      lost: true,
      verified: !sabotage.reachesLog,
      failures: [],
    })
  },
  RUN_MS_MAX,
)
