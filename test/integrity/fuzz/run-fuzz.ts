import { readFileSync } from 'node:fs'
import type { Pipeline } from '@baqylau/infra-local'
import { deriveKeys } from '@baqylau/service-kit'
import * as fc from 'fast-check'
import { arbitraryRequest } from './arbitrary-request.ts'
import type { Senders } from './fuzz-request.ts'
import { type Reckoning, reckonWhenDone } from './landed-events.ts'
import { type Ledger, openLedger } from './ledger.ts'
import { type MemoryWatch, watchMemory } from './resident-memory.ts'
import { openFuzzClient } from './send-request.ts'

export interface FuzzOptions {
  readonly pipeline: Pipeline
  readonly inputs: number
  /** 32 bits. The same seed and number of inputs send the same requests, but for keys and receipts. */
  readonly seed: number
  readonly onProgress: (line: string) => void
}

export interface FuzzFigures extends Omit<Reckoning, 'lost'> {
  readonly seed: number
  readonly inputs: number
  /** How often each status was answered; `none` for a connection that ended without an answer. */
  readonly statuses: Readonly<Record<string, number>>
  /** Events that were acknowledged, each counted once. */
  readonly acknowledged: number
  readonly lost: number
  readonly peakMebibytes: number
  readonly earlyMebibytes: number
  readonly lateMebibytes: number
  readonly seconds: number
}

export interface FuzzOutcome {
  readonly figures: FuzzFigures
  /** What must not be, in words. */
  readonly faults: readonly string[]
}

/** Sent at once. As many bodies of unknown length have room in intake (64 MiB of 2 MiB each): more would rightly be 503. */
const REQUESTS_AT_ONCE = 20
/** No service may take more, as resident memory. */
const MEBIBYTES_MAX = 300
/** How much more the last quarter of a run may take than the second: a leak of 1 kB per request is past it in 100,000. */
const GROWTH_MEBIBYTES_MAX = 40
/** Fewer inputs do not yet show what grows. */
const GROWTH_INPUTS_MIN = 20_000
const CATCH_UP_MS_MAX = 300_000

const sendersOf = ({ access }: Pipeline): Senders => ({
  keys: access.keys,
  subjects: { field: 'local-field', operator: 'local-operator' },
  receiptKeys: deriveKeys(readFileSync(access.secretFile, 'utf8').trim()).receipts,
})

const pidsOf = ({ services }: Pipeline): readonly string[] =>
  [...services.processes].map(([name, { pid }]) => `${name} ${pid}`)

const faultsOfMemory = (memory: MemoryWatch, inputs: number): readonly string[] => {
  const { early, late } = memory.quarters()
  const peak = memory.peakMebibytes()
  const faults: string[] = []
  if (peak > MEBIBYTES_MAX) faults.push(`intake took ${peak.toFixed()} MiB, more than ${MEBIBYTES_MAX}`)
  if (inputs >= GROWTH_INPUTS_MIN && late - early > GROWTH_MEBIBYTES_MAX)
    faults.push(`intake's memory grew from ${early.toFixed()} to ${late.toFixed()} MiB`)
  return faults
}

const faultsOfReckoning = (reckoning: Reckoning, unanswered: number): readonly string[] => {
  const { lost, waiting, unannounced } = reckoning
  return [
    ...(lost.length > 0 ? [`${lost.length} lost: ${lost.slice(0, 10).join(', ')}`] : []),
    ...(waiting > 0 ? [`${waiting} reports were never enriched`] : []),
    ...(unannounced > unanswered ? [`${unannounced} events landed that were not acknowledged`] : []),
  ]
}

const PROGRESS_EVERY = 250

/** Sends the requests, twenty at once. Returns the first fault of an answer, or none. */
const sendAll = async (
  options: FuzzOptions,
  ledger: Ledger,
  memory: MemoryWatch,
): Promise<readonly string[]> => {
  const { pipeline, inputs, seed, onProgress } = options
  const client = openFuzzClient(pipeline.intakeUrl)
  let batches = 0
  const someRequests = fc.array(arbitraryRequest(sendersOf(pipeline)), {
    minLength: REQUESTS_AT_ONCE,
    maxLength: REQUESTS_AT_ONCE,
  })
  const answersAll = fc.asyncProperty(someRequests, async (requests) => {
    const answers = requests.map(async (each) => ledger.note(each, await client.send(each)))
    const settled = await Promise.allSettled(answers)
    memory.sample(pipeline.services.processes.get('intake')?.pid ?? 0)
    batches += 1
    if (batches % PROGRESS_EVERY === 0) onProgress(`${batches * REQUESTS_AT_ONCE} sent`)
    for (const each of settled) if (each.status === 'rejected') throw each.reason
  })
  // Shrinking twenty requests would take longer than to read the one that failed, which the error shows.
  const numRuns = Math.ceil(inputs / REQUESTS_AT_ONCE)
  const run = await fc.check(answersAll, { seed, numRuns, endOnFailure: true })
  client.close()
  return run.failed
    ? [run.errorInstance instanceof Error ? run.errorInstance.message : 'a request failed']
    : []
}

/**
 * Sends generated requests to a running pipeline, and compares what was acknowledged with what has become of it. Finds:
 * 5xx, connections that end without an answer, a service that was started again, memory that grows, and what was
 * acknowledged and is neither in ClickHouse nor a dead letter.
 */
export const runFuzz = async (options: FuzzOptions): Promise<FuzzOutcome> => {
  const { pipeline, inputs, seed, onProgress } = options
  const begun = performance.now()
  const [ledger, memory] = [openLedger(), watchMemory()]
  const before = String(pidsOf(pipeline))
  const faultsOfAnswers = await sendAll(options, ledger, memory)
  const { accepted, statuses } = ledger
  onProgress(`all sent; waiting until ${accepted.size} events are landed`)
  const reckoning = await reckonWhenDone(pipeline, accepted, CATCH_UP_MS_MAX)
  const after = String(pidsOf(pipeline))
  const { early, late } = memory.quarters()
  return {
    faults: [
      ...faultsOfAnswers,
      ...(after === before ? [] : [`a service was started again: ${before} → ${after}`]),
      ...faultsOfReckoning(reckoning, statuses.get('none') ?? 0),
      ...faultsOfMemory(memory, inputs),
    ],
    figures: {
      seed,
      inputs,
      statuses: Object.fromEntries(statuses),
      acknowledged: accepted.size,
      ...reckoning,
      lost: reckoning.lost.length,
      peakMebibytes: Math.round(memory.peakMebibytes()),
      earlyMebibytes: Math.round(early),
      lateMebibytes: Math.round(late),
      seconds: Math.round((performance.now() - begun) / 1000),
    },
  }
}
