import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import { createIntakeClient } from '../adapters/intake-client.ts'
import { openProgressDisplay } from '../adapters/progress-display.ts'
import { identify, openJournal, readFrom, readSavedState } from '../adapters/submission-files.ts'
import { type IntakeAccess, readIntakeAccess } from '../config.ts'
import { resumeFrom } from '../domain/resume.ts'
import type { Outcome, Run } from '../outcome.ts'
import type { PostReports } from '../ports.ts'
import { submitReports } from '../submission.ts'

export interface SubmitOptions {
  readonly receipts?: string
  /** `FILE.refused.ndjson` when absent. */
  readonly refused?: string
  /** `FILE.submission.json` when absent. */
  readonly state?: string
}

/** One intake and one author: a hash, since the state file must not hold a key. */
const destinationOf = ({ url, key }: IntakeAccess): string =>
  createHash('sha256').update(`${url}\n${key}`).digest('hex')

/**
 * Sends a file of NDJSON, a report a line, to intake, going on where an interrupted run of the same file ended.
 * Exit code 2 when lines were refused. @throws AppError when intake refuses us or does not come back.
 */
export const submitFile = async (
  file: string,
  access: IntakeAccess,
  options: SubmitOptions,
  post: PostReports = createIntakeClient(access),
): Promise<Outcome> => {
  const files = {
    state: options.state ?? `${file}.submission.json`,
    refused: options.refused ?? `${file}.refused.ndjson`,
    receipts: options.receipts,
  }
  const from = resumeFrom(readSavedState(files.state), identify(file), destinationOf(access))
  const end = await submitReports(readFrom(file, from.position.bytes), from, {
    post,
    journal: openJournal(files, from),
    progress: openProgressDisplay(from),
    pause,
    random: Math.random,
  })
  const { accepted, refused } = end
  const resumedAtLine = from.position.lines > 0 ? from.position.lines + 1 : null
  return {
    document: { file, accepted, refused, resumedAtLine, refusedFile: refused > 0 ? files.refused : null },
    text: describe({ accepted, refused, resumedAtLine, refusedFile: files.refused }),
    exitCode: refused > 0 ? 2 : 0,
  }
}

interface Told {
  readonly accepted: number
  readonly refused: number
  readonly resumedAtLine: number | null
  readonly refusedFile: string
}

const describe = ({ accepted, refused, resumedAtLine, refusedFile }: Told): string => {
  const resumed = resumedAtLine === null ? '' : ` An earlier run was continued from line ${resumedAtLine}.`
  const where = refused === 0 ? '' : ` ${refusedFile} says which lines, and why.`
  return `${accepted} reports accepted, ${refused} refused.${where}${resumed}`
}

export const addSubmitCommand = (program: Command, run: Run): void => {
  program
    .command('submit')
    .description('Send a file of reports, one JSON object a line, to intake.')
    .argument('<file>', 'NDJSON')
    .option('--url <url>', 'the address of intake (OPS_INTAKE_URL; http://127.0.0.1:8080)')
    .option('--key-file <file>', 'a file that holds the key (else OPS_KEY)')
    .option('--receipts <file>', 'write the receipts there, one a line (mode 0600)')
    .option('--refused <file>', 'write refused lines and why there (<file>.refused.ndjson)')
    .option('--state <file>', 'keep there how far it is (<file>.submission.json)')
    .addHelpText(
      'after',
      '\nAn interrupted run is continued by the same command. Sending a file again is harmless: the same reports are' +
        '\nthe same reports. Exit codes: 0 all accepted; 2 some refused; 1 it could not be sent to its end.',
    )
    .action((file: string, options: SubmitOptions & { url?: string; keyFile?: string }) =>
      run(() => submitFile(file, readIntakeAccess(options), options)),
    )
}
