import { type Command, InvalidArgumentError } from 'commander'
import { withClickHouse } from '../adapters/read-side.ts'
import { openRecordProgress } from '../adapters/record-progress.ts'
import { openSpillDirectory } from '../adapters/spill.ts'
import { withStopSignal } from '../adapters/stop-signals.ts'
import { openVerifiedLog } from '../adapters/verified-log.ts'
import { openVerifiedViews } from '../adapters/verified-views.ts'
import { readRebuildConfig, type RebuildConfig } from '../config.ts'
import type { Difference } from '../domain/verification/difference.ts'
import { alignColumns, type Outcome, type Run } from '../outcome.ts'
import { type Verification, verifyReadSide } from '../verification.ts'

const WAIT_SECONDS = 60
const FIRST_MAX = 20
/** Adding up every report of a large log, on a machine with other work. */
const REQUEST_MS_MAX = 600_000

export interface VerifyOptions {
  /** How long the stages may take to come to the end of the log, each. */
  readonly wait?: number
  /** Differences of each kind that are told one by one. */
  readonly first?: number
  /** Where the temporary files are. */
  readonly directory?: string
}

/** Folds the whole log and compares ClickHouse with it. Exit code 0 only when all agrees. @throws AppError when it cannot look. */
export const verify = (config: RebuildConfig, options: VerifyOptions): Promise<Outcome> =>
  withStopSignal((signal) =>
    withClickHouse(
      config,
      async (clickhouse) => {
        const startedAt = performance.now()
        const directory = openSpillDirectory(options.directory)
        const progress = openRecordProgress()
        try {
          const verification = await verifyReadSide(
            {
              log: openVerifiedLog(config),
              views: openVerifiedViews(clickhouse),
              directory,
              progress,
              signal,
            },
            { waitSeconds: options.wait ?? WAIT_SECONDS, firstMax: options.first ?? FIRST_MAX },
          )
          return outcomeOf(verification, (performance.now() - startedAt) / 1000)
        } finally {
          progress.stop()
          directory.remove()
        }
      },
      REQUEST_MS_MAX,
    ),
  )

const outcomeOf = (verification: Verification, elapsedSeconds: number): Outcome => {
  const { log, reports, akimatDays, deadLetters, tries, changing, waiting, tally } = verification
  const agrees = tally.total() === 0 && changing + waiting === 0
  const seconds = Number(elapsedSeconds.toFixed(3))
  const compared = {
    events: log.events,
    reports: reports.reports,
    retracted: reports.retracted,
    akimatDays,
    deadLetters,
    withoutRow: { unreadable: log.unreadable, refused: log.buried },
  }
  const differences = {
    total: tally.total(),
    byKind: tally.byKind(),
    byAkimatAndDay: tally.akimatDays(),
    first: tally.first(),
  }
  return {
    document: { agrees, compared, waiting, changing, tries, differences, seconds },
    text: describe(verification, agrees, seconds),
    exitCode: agrees ? 0 : 1,
  }
}

const describeDifference = ({
  kind,
  reportId,
  position,
  step,
  regionCode,
  day,
  columns,
}: Difference): string[] => [
  kind,
  reportId ?? step ?? '',
  position === undefined ? '' : `${position.topic}/${position.partition}/${position.offset}`,
  [regionCode, day].filter((part) => part !== undefined).join(' '),
  columns?.join(', ') ?? '',
]

/** Why nobody can tell whether all agrees, although nothing differs. */
const unsureOf = ({ changing, waiting }: Verification): readonly string[] => [
  ...(waiting === 0 ? [] : [`Could not tell: ${waiting} reports wait for enrichment.`]),
  ...(changing === 0
    ? []
    : [`${changing} could not be compared: they changed whenever they were looked at.`]),
]

const describe = (verification: Verification, agrees: boolean, seconds: number): string => {
  const { log, reports, tally } = verification
  const whole = `${log.events} events and ${log.letters} dead letters of the log, ${reports.reports} reports and ${reports.retracted} taken back, in ${seconds} s.`
  if (agrees) return `ClickHouse agrees with the log. ${whole}`
  const begin =
    tally.total() === 0
      ? 'What could be compared agrees with the log.'
      : 'ClickHouse does not agree with the log.'
  const kinds = alignColumns(Object.entries(tally.byKind()))
  const told = tally.total() === 0 ? [] : ['', kinds, '', alignColumns(tally.first().map(describeDifference))]
  return [`${begin} ${whole}`, ...unsureOf(verification), ...told].join('\n')
}

const wholeNumber = (text: string): number => {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

export const addVerifyCommand = (program: Command, run: Run): void => {
  program
    .command('verify')
    .description('Fold the whole event log, and compare every view of ClickHouse with what comes out.')
    .option(
      '--wait <seconds>',
      'how long the stages may take to come to the end of the log, each (60)',
      wholeNumber,
    )
    .option('--first <number>', 'how many differences of each kind are told one by one (20)', wholeNumber)
    .option('--directory <path>', 'where the temporary files are made (the system’s directory for them)')
    .addHelpText(
      'after',
      '\nNothing is changed, and no stage is disturbed. Temporary files take some 500 bytes an event; they hold keys, digests,' +
        '\nakimats and days, and are removed at the end. Exit codes: 0 all agrees; 1 something does not, or it could not look.',
    )
    .action((options: VerifyOptions) => run(() => verify(readRebuildConfig(), options)))
}
