import { setTimeout as sleep } from 'node:timers/promises'
import { topicName } from '@baqylau/contracts'
import { type Comparison, compareReports } from './comparison.ts'
import { describeFault, type PlannedFault, secondsOf, type Stretch } from './fault-plan.ts'
import { createHarm } from './harm.ts'
import type { Finding } from './judgement.ts'
import { createLedger } from './ledger.ts'
import { createPoison, type PoisonCounts } from './poison.ts'
import { waitForBacklog } from './recovery.ts'
import { sendStories, type SenderParts, type Stories } from './sender.ts'
import { compareTotals } from './totals.ts'
import { verify } from './verification.ts'
import { startWorld, TOPIC_PREFIX, type World, type WorldOptions } from './world.ts'

export interface ChaosOptions extends WorldOptions {
  readonly seed: number
  readonly reports: number
  readonly stretches: readonly Stretch[]
}

/** What came of it. */
export interface ChaosResult {
  readonly seed: number
  /** Reports (an id of an author) of which at least one message was acknowledged. */
  readonly acknowledged: number
  /** That were to be sent, and those of them that intake acknowledged in the end. */
  readonly messages: number
  readonly acknowledgedMessages: number
  readonly lost: number
  readonly doubled: number
  readonly differing: number
  /** Faults that were done, and harmed something. */
  readonly faults: number
  readonly seconds: number
  /** From the last fault until everything was caught up; null: not within the bound. */
  readonly caughtUpSeconds: number | null
  readonly standing: number
  readonly deadLetters: number
  /** What `baqylau verify` says: ClickHouse agrees with a fold of the log. What never came to the log, it cannot miss. */
  readonly verified: boolean
  /** Messages that intake would not take, faults and poison that could not be done: each is a failure of the run. */
  readonly failures: readonly string[]
  readonly examples: readonly string[]
}

const CAUGHT_UP_MS_MAX = 60_000
/** More than this the pipeline need not have before it: then the client waits, as it would for 503. */
const BACKLOG_MAX = 10_000
const BACKLOG_MS_MAX = 120_000
/** A fault of a moment, too, meets reports that come in before and after it. */
const STRETCH_SECONDS_MIN = 1
const REPORTS_PER_POISON = 300

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const inSeconds = (ms: number): number => Math.round(ms / 100) / 10

/** The stories of each stretch: all of them, evenly. */
const share = (reports: number, stretches: number): readonly Stories[] =>
  Array.from({ length: stretches }, (_, at) => ({
    from: Math.floor((reports * at) / stretches),
    to: Math.floor((reports * (at + 1)) / stretches),
  }))

interface HarmDone {
  faults: number
  lastAtMs: number
  readonly failures: string[]
}

/** Does the faults of every stretch while its reports are sent, one stretch after the other. */
const sendUnderHarm = async (
  world: World,
  options: ChaosOptions,
  parts: SenderParts,
): Promise<{ readonly done: HarmDone; readonly poison: PoisonCounts }> => {
  const { seed, reports, stretches, onProgress } = options
  const done: HarmDone = { faults: 0, lastAtMs: performance.now(), failures: [] }
  const all = stretches.flat().length
  const harm = createHarm(world)
  const poison = createPoison(seed, topicName(TOPIC_PREFIX, 'reports'), world.producer)

  const harmOnce = async ({ fault, afterSeconds }: PlannedFault): Promise<void> => {
    await sleep(afterSeconds * 1000)
    try {
      const effect = await harm(fault)
      done.faults += 1
      onProgress(
        `fault ${done.faults} of ${all}: ${describeFault(fault)}${effect === '' ? '' : `: ${effect}`}`,
      )
    } catch (error) {
      const failure = `${describeFault(fault)}: ${messageOf(error)}`
      done.failures.push(failure)
      onProgress(`NOT DONE: ${failure}`)
    }
    done.lastAtMs = performance.now()
  }
  const poisonFor = async ({ from, to }: Stories): Promise<void> => {
    const count = Math.floor(to / REPORTS_PER_POISON) - Math.floor(from / REPORTS_PER_POISON)
    for (let at = 0; at < count; at += 1)
      await poison.put().catch((error: unknown) => done.failures.push(messageOf(error)))
  }
  for (const [at, stories] of share(reports, stretches.length).entries()) {
    const stretch = stretches[at] ?? []
    const seconds = Math.max(STRETCH_SECONDS_MIN, secondsOf(stretch))
    await Promise.all([sendStories(stories, seconds, parts), poisonFor(stories), ...stretch.map(harmOnce)])
    await waitForBacklog(world.admin, TOPIC_PREFIX, { most: BACKLOG_MAX, withinMs: BACKLOG_MS_MAX })
  }
  return { done, poison: poison.counts() }
}

const sum = (findings: readonly (Finding & { count: number })[], kind: Finding['kind']): number =>
  findings.filter((one) => one.kind === kind).reduce((total, { count }) => total + count, 0)

const compare = async (
  world: World,
  options: ChaosOptions,
  parts: SenderParts,
  poison: PoisonCounts,
): Promise<Comparison & { readonly deadLetters: number }> => {
  const topics = {
    reports: topicName(TOPIC_PREFIX, 'reports'),
    enrichments: topicName(TOPIC_PREFIX, 'enrichments'),
  }
  const { clickhouse } = world.pipeline
  const comparison = await compareReports({
    ...parts,
    clickhouse,
    stories: options.reports,
    reportsTopic: topics.reports,
  })
  const totals = await compareTotals({ clickhouse, admin: world.admin, topics, comparison, poison })
  const { lost, doubled, differing } = comparison.counts
  return {
    ...comparison,
    deadLetters: totals.deadLetters,
    counts: {
      lost: Math.max(lost, sum(totals.findings, 'lost')),
      doubled: Math.max(doubled, sum(totals.findings, 'doubled')),
      differing: differing + sum(totals.findings, 'differing'),
    },
    examples: [...comparison.examples, ...totals.findings.map(({ kind, what }) => `${kind}: ${what}`)],
  }
}

const harmAndCompare = async (
  world: World,
  options: ChaosOptions,
  startedAt: number,
): Promise<ChaosResult> => {
  const { seed, reports, onProgress } = options
  const refusals: string[] = []
  const parts: SenderParts = {
    seed,
    intakeUrl: world.pipeline.intakeUrl,
    naming: world.naming,
    keys: world.keys,
    ledger: createLedger(reports),
    onRefused: (what) => refusals.push(what),
  }
  const { done, poison } = await sendUnderHarm(world, options, parts)
  onProgress('All is sent, and all harm is done; waiting until everything is caught up …')
  const withinMs = CAUGHT_UP_MS_MAX - (performance.now() - done.lastAtMs)
  const isCaughtUp = await waitForBacklog(world.admin, TOPIC_PREFIX, { most: 0, withinMs })
  const caughtUpSeconds = isCaughtUp ? inSeconds(performance.now() - done.lastAtMs) : null
  onProgress(isCaughtUp ? `Caught up ${caughtUpSeconds} s after the last fault.` : 'Not caught up in time.')
  const { counts, standingByRegion: _regions, ...compared } = await compare(world, options, parts, poison)
  const disagreement = await verify(world.pipeline.stack.env)
  onProgress(disagreement ?? 'baqylau verify: ClickHouse agrees with the log.')
  return {
    seed,
    ...compared,
    ...counts,
    faults: done.faults,
    seconds: inSeconds(performance.now() - startedAt),
    caughtUpSeconds,
    verified: disagreement === undefined,
    failures: [...done.failures, ...refusals],
  }
}

/** Starts a pipeline, sends reports while harm is done, and compares what was acknowledged with what ClickHouse says. */
export const runChaos = async (options: ChaosOptions): Promise<ChaosResult> => {
  const startedAt = performance.now()
  const world = await startWorld(options)
  try {
    return await harmAndCompare(world, options, startedAt)
  } finally {
    await world.stop()
  }
}
