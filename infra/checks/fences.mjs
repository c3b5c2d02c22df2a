// Runs dependency-cruiser, and fails when it saw no modules: with a TypeScript it cannot load, it reports success over nothing.
import { spawnSync } from 'node:child_process'

const MODULES_MIN = 50
const run = spawnSync(
  'depcruise',
  ['--config', 'infra/checks/dependency-cruiser.mjs', 'services', 'packages', 'infra', 'test'],
  { encoding: 'utf8' },
)
process.stdout.write(run.stdout ?? '')
process.stderr.write(run.stderr ?? '')
const modules = Number(/(\d+) modules/.exec(run.stdout ?? '')?.[1] ?? 0)
if (modules < MODULES_MIN) {
  console.error(
    `fences: only ${modules} modules were read (at least ${MODULES_MIN} expected): the check saw nothing.`,
  )
  process.exit(1)
}
process.exit(run.status ?? 1)
