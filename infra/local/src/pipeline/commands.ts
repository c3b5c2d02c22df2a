import { once } from 'node:events'
import { join } from 'node:path'
import {
  countByAkimat,
  type AkimatCounts,
  readingLanguage,
  readTotals,
  type Totals,
} from './akimat-counts.ts'
import { renderAkimatTable } from './akimat-table.ts'
import { type Pipeline, type PipelineOptions, startPipeline } from './run-pipeline.ts'
import { type Submission, submitSamples, waitUntilQueryable } from './sample-reports.ts'

interface Arrival {
  readonly submission: Submission
  readonly totals: Totals
  readonly akimats: readonly AkimatCounts[]
}

async function bringSamples(pipeline: Pipeline, options: CommandOptions): Promise<Arrival> {
  options.onProgress('Submitting the sample reports over HTTP …')
  const submission = await submitSamples(pipeline.intakeUrl, pipeline.access.keys.field)
  options.onProgress(
    `${submission.accepted} of ${submission.submitted} accepted; waiting until they are enriched …`,
  )
  if (!(await waitUntilQueryable(pipeline.clickhouse, submission.reportIds))) {
    throw new Error(
      `The sample reports did not all become queryable in time. See ${join(options.dataDir, 'logs')}.`,
    )
  }
  const akimats = await countByAkimat(pipeline.clickhouse, readingLanguage(options.lang))
  return { submission, totals: await readTotals(pipeline.clickhouse), akimats }
}

function describe({ totals, akimats }: Arrival, options: CommandOptions): readonly string[] {
  const { landed, enriched, unresolved, deadLetters } = totals
  return [
    '',
    ...renderAkimatTable(akimats, readingLanguage(options.lang)),
    '',
    `${landed} reports landed, ${enriched} enriched, ${unresolved} without a resolved place, ${deadLetters} dead letters.`,
  ]
}

const EXAMPLE =
  '{"kind":"premises_denial","occurred":{"from":"2005-11-02","precision":"day"},' +
  '"place":{"text":"Караганда"},"details":{"venue":"Дом культуры"},"synthetic":true}'

function invitation({ access, intakeUrl, atlasUrl, stack }: Pipeline, dataDir: string): readonly string[] {
  return [
    '',
    `Form for field staff   ${intakeUrl}/            key: ${access.keys.field}`,
    `API of intake          ${intakeUrl}/docs`,
    `Dashboard for analysts ${atlasUrl}/            key: ${access.keys.analyst}`,
    `API of atlas           ${atlasUrl}/docs`,
    `ClickHouse             ${stack.env['CLICKHOUSE_URL'] ?? ''}  user: ${stack.env['CLICKHOUSE_READONLY_USER'] ?? stack.env['CLICKHOUSE_USER'] ?? ''}  password: ${stack.env['CLICKHOUSE_READONLY_PASSWORD'] ?? '(yours)'}`,
    `Operators' key         ${access.keys.operator}`,
    '',
    'A first report of your own:',
    `  curl -X POST ${intakeUrl}/v1/reports -H 'Authorization: Bearer ${access.keys.field}' \\`,
    `    -H 'Content-Type: application/json' -d '${EXAMPLE}'`,
    '',
    'Not yet for real reporters: personal data is not sealed per reporter.',
    `Ctrl-C stops everything. The data stays in ${dataDir}; npm run clean removes what is in .baqylau.`,
  ]
}

export interface CommandOptions extends PipelineOptions {
  /** The locale of whoever reads, as in LANG. */
  readonly lang: string | undefined
  readonly print: (line: string) => void
  /** Aborted when it is time to stop. */
  readonly interrupted: AbortSignal
}

async function untilInterrupted({ interrupted }: CommandOptions): Promise<void> {
  if (!interrupted.aborted) await once(interrupted, 'abort')
}

/** Thrown when a signal comes before everything is up. The servers and services end with this process. */
export class InterruptedStart extends Error {
  constructor() {
    super('Interrupted before everything was up: what had started ends now.')
    this.name = 'InterruptedStart'
  }
}

async function unlessInterrupted<Result>(work: Promise<Result>, interrupted: AbortSignal): Promise<Result> {
  const { promise: interruption, reject } = Promise.withResolvers<never>()
  const interrupt = (): void => reject(new InterruptedStart())
  interrupted.addEventListener('abort', interrupt, { once: true })
  try {
    return await Promise.race([work, interruption])
  } finally {
    interrupted.removeEventListener('abort', interrupt)
  }
}

/** Runs everything, shows what arrived, and stays up until it is interrupted. */
export async function start(options: CommandOptions): Promise<void> {
  const pipeline = await unlessInterrupted(startPipeline(options), options.interrupted)
  try {
    const arrival = await unlessInterrupted(bringSamples(pipeline, options), options.interrupted)
    for (const line of [...describe(arrival, options), ...invitation(pipeline, options.dataDir)])
      options.print(line)
    await untilInterrupted(options)
    options.onProgress('Stopping …')
  } finally {
    await pipeline.stop()
  }
}

/** Runs everything, shows what arrived, and stops. With `json`, the last line is one JSON object. */
export async function demo(options: CommandOptions, json: boolean): Promise<void> {
  const startedAt = performance.now()
  const pipeline = await unlessInterrupted(startPipeline(options), options.interrupted)
  try {
    const arrival = await unlessInterrupted(bringSamples(pipeline, options), options.interrupted)
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10
    for (const line of describe(arrival, options)) options.print(line)
    if (json) options.print(JSON.stringify(summary(arrival, seconds)))
  } finally {
    await pipeline.stop()
  }
}

function summary({ submission, totals, akimats }: Arrival, seconds: number) {
  const placed = akimats.filter(({ regionCode }) => regionCode !== '')
  return {
    submitted: submission.submitted,
    accepted: submission.accepted,
    ...totals,
    seconds,
    akimats: placed.map(({ regionCode, reports }) => ({ regionCode, reports })),
  }
}
