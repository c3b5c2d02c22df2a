// npm run chaos -- --seed 7 --reports 20000 --faults 40 [--json]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type ChaosResult, runChaos } from './chaos.ts'
import { planFaults } from './fault-plan.ts'
import { faultsOfRun } from './soundness.ts'

const readNumber = (name: string, text: string, least: number): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < least)
    throw new Error(`--${name} is ${JSON.stringify(text)}: it has to be a whole number from ${least} on.`)
  return value
}

const readOptions = () => {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '7' },
      reports: { type: 'string', default: '20000' },
      faults: { type: 'string', default: '40' },
      json: { type: 'boolean', default: false },
    },
  })
  return {
    seed: readNumber('seed', values.seed, 0),
    reports: readNumber('reports', values.reports, 1),
    faults: readNumber('faults', values.faults, 1),
    json: values.json,
  }
}

const startedAt = performance.now()
const print = (line: string): void => {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)
  process.stdout.write(`[${seconds} s] ${line}\n`)
}

const tell = (result: ChaosResult): void => {
  const { acknowledged, standing, lost, doubled, differing, faults, deadLetters } = result
  for (const line of [...result.failures.slice(0, 20), ...result.examples.slice(0, 40)]) print(line)
  print(`${result.acknowledgedMessages} messages of ${result.messages} acknowledged.`)
  print(`${acknowledged} reports acknowledged, ${standing} standing, ${deadLetters} dead letters of poison.`)
  print(`${lost} lost, ${doubled} counted twice, ${differing} differing, after ${faults} faults.`)
}

const { seed, reports, faults, json } = readOptions()
const stretches = planFaults(seed, faults)
const dataDir = mkdtempSync(join(tmpdir(), 'baqylau-chaos-'))
print(`Seed ${seed}: ${reports} reports, ${faults} faults. Data and logs: ${dataDir}`)
const result = await runChaos({ seed, reports, stretches, dataDir, onProgress: print })
tell(result)
const wrong = faultsOfRun(result, { stretches })
const sound = wrong.length === 0
print(
  sound
    ? 'Sound.'
    : `NOT SOUND: ${wrong.join('; ')}. The logs stay in ${dataDir}; seed ${seed} does the same again.`,
)
if (sound) rmSync(dataDir, { recursive: true, force: true })
if (json) {
  const { failures, examples: _examples, ...figures } = result
  process.stdout.write(`${JSON.stringify({ ...figures, failures: failures.length })}\n`)
}
process.exitCode = sound ? 0 : 1
