// Resident memory of every service at rest: started, ready, and left alone for a while.
//   node test/bench/rest-memory.ts [--json]
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { startTestPipeline } from '../support/running-pipeline.ts'

const AT_REST_AFTER_MS = 5000

/** VmRSS of a process in MiB, as Linux has it. */
const residentMiB = (pid: number): number => {
  const kibibytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kibibytes) / 1024)
}

const pipeline = await startTestPipeline()
try {
  await delay(AT_REST_AFTER_MS)
  const services = [...pipeline.services.processes].map(
    ([name, { pid }]) => [name, residentMiB(pid)] as const,
  )
  const result = Object.fromEntries(services)
  console.log(process.argv.includes('--json') ? JSON.stringify(result) : result)
} finally {
  await pipeline.stop()
}
