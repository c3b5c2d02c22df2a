import { parseArgs } from 'node:util'
import { startTestPipeline } from '../../support/running-pipeline.ts'
import { runFuzz } from './run-fuzz.ts'

/** `npm run fuzz -- --inputs 100000 [--seed N]`: a pipeline of its own, and whatever may be sent to it. */
const { values } = parseArgs({
  options: { inputs: { type: 'string', default: '100000' }, seed: { type: 'string' } },
})
const inputs = Number(values.inputs)
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed)
if (!Number.isSafeInteger(inputs) || inputs < 1 || !Number.isSafeInteger(seed)) {
  throw new TypeError('--inputs is a number of requests, --seed a whole number')
}

const tell = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

tell(`seed ${seed}, ${inputs} inputs`)
const pipeline = await startTestPipeline()
try {
  const { figures, faults } = await runFuzz({ pipeline, inputs, seed, onProgress: tell })
  for (const fault of faults) tell(`FAULT: ${fault}`)
  process.stdout.write(`${JSON.stringify({ ...figures, faults: faults.length })}\n`)
  process.exitCode = faults.length === 0 ? 0 : 1
} finally {
  await pipeline.stop()
}
