import type { Command } from 'commander'
import { AppError, type ErrorCode } from '@baqylau/contracts'
import type { QueueDepth } from '@baqylau/queue'
import { queueDepth } from '../adapters/job-queue.ts'
import { countLanded, type LandedCounts, type Unprocessed } from '../adapters/landed-counts.ts'
import { withLogAdmin } from '../adapters/log-admin.ts'
import { type LogProgress, readLogProgress } from '../adapters/log-progress.ts'
import { withClickHouse } from '../adapters/read-side.ts'
import { readStatusConfig, type StatusConfig } from '../config.ts'
import { alignColumns, type Outcome, type Run } from '../outcome.ts'

/** What one part says of itself, or why it says nothing: one part that is away must not hide the others. */
type Told<Part> = Part | { readonly error: ErrorCode; readonly detail: string }

interface Status {
  readonly log: Told<LogProgress>
  readonly queue: Told<QueueDepth>
  readonly readSide: Told<LandedCounts>
}

const asTold = async <Part>(asking: Promise<Part>): Promise<Told<Part>> => {
  try {
    return await asking
  } catch (error) {
    if (error instanceof AppError) return { error: error.code, detail: error.message }
    throw error
  }
}

/** Lag per stage, depth of the queue, rows, and the oldest report without enrichment. Exit code 1 when a part is away. */
export const readStatus = async (config: StatusConfig): Promise<Outcome> => {
  const prefix = config.KAFKA_TOPIC_PREFIX
  const [log, queue, readSide] = await Promise.all([
    asTold(withLogAdmin(config.KAFKA_BROKERS, (admin) => readLogProgress(admin, prefix))),
    asTold(queueDepth(config.REDIS_URL, prefix)),
    asTold(withClickHouse(config, countLanded)),
  ])
  const isAway = [log, queue, readSide].some((part) => 'error' in part)
  return {
    document: { log, queue, readSide } satisfies Status,
    text: describe({ log, queue, readSide }),
    exitCode: isAway ? 1 : 0,
  }
}

const section = <Part extends object>(
  title: string,
  part: Told<Part>,
  show: (part: Part) => string,
): string => `${title}\n${'error' in part ? `  ${part.detail}` : show(part)}`

const describeUnprocessed = ({ reports, oldest }: Unprocessed): string =>
  oldest === null
    ? '  every landed report has been through enrichment'
    : `  ${reports} landed without enrichment, the oldest received ${oldest.receivedAt}, ${oldest.ageSeconds} s ago`

const describe = ({ log, queue, readSide }: Status): string =>
  [
    section('Log: records', log, ({ records }) => alignColumns(Object.entries(records))),
    section('Stages: records not committed yet', log, ({ stages }) =>
      alignColumns(stages.map(({ stage, lag }) => [stage, lag])),
    ),
    section('Queue: jobs', queue, ({ waiting, active, failed }) =>
      alignColumns([
        ['waiting', waiting],
        ['active', active],
        ['failed', failed],
      ]),
    ),
    section(
      'ClickHouse: rows',
      readSide,
      ({ rows, unprocessed }) => `${alignColumns(Object.entries(rows))}\n${describeUnprocessed(unprocessed)}`,
    ),
  ].join('\n\n')

export const addStatusCommand = (program: Command, run: Run): void => {
  program
    .command('status')
    .description('Show where the reports are: log, stages, queue, ClickHouse, and what waits longest.')
    .addHelpText(
      'after',
      '\nA stage that is not behind has 0. Reports that have not landed yet show as lag of the lander.' +
        '\nExit code 1 when the log, the queue or ClickHouse cannot be asked.',
    )
    .action(() => run(() => readStatus(readStatusConfig())))
}
