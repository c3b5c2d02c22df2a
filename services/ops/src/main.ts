#!/usr/bin/env node
import { Command } from 'commander'
import { AppError, problemOf, problemOfError } from '@baqylau/contracts'
import { addDeadLettersCommands } from './commands/dead-letters.ts'
import { addKeysCommands } from './commands/keys.ts'
import { addLogFilesCommands } from './commands/log-files.ts'
import { addMigrateCommand } from './commands/migrate.ts'
import { addRebuildCommand } from './commands/rebuild.ts'
import { addSchemaCommand } from './commands/schema.ts'
import { addStatusCommand } from './commands/status.ts'
import { addSubmitCommand } from './commands/submit.ts'
import { addTopicsCommand } from './commands/topics.ts'
import { addVerifyCommand } from './commands/verify.ts'
import type { Run } from './outcome.ts'

const program = new Command('baqylau')
  .description("The operators' command line of Baqylau.")
  .option('--json', 'print one JSON document on standard output')
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError('(--help says what there is)')
  .addHelpText(
    'after',
    '\nEnvironment: KAFKA_BROKERS, KAFKA_TOPIC_PREFIX, REDIS_URL, CLICKHOUSE_URL, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD.' +
      '\nExit codes: 0 done; 1 failed; 2 done, and some of what was given was refused.',
  )

const wantsJson = (): boolean => program.opts<{ json?: true }>().json === true

const printDocument = (document: unknown): void => {
  process.stdout.write(`${JSON.stringify(document)}\n`)
}

/** An AppError explains itself; of anything else we need the stack. */
const tell = (error: unknown): void => {
  process.exitCode = 1
  if (error instanceof AppError) {
    process.stderr.write(`${error.message}\n`)
    if (wantsJson()) printDocument(problemOfError(error))
    return
  }
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  if (wantsJson()) printDocument(problemOf('internal', 'See standard error.'))
}

const run: Run = async (work) => {
  try {
    const { document, text, exitCode } = await work()
    if (wantsJson()) printDocument(document)
    else process.stdout.write(`${text}\n`)
    process.exitCode = exitCode
  } catch (error) {
    tell(error)
  }
}

addTopicsCommand(program, run)
addMigrateCommand(program, run)
addSubmitCommand(program, run)
addStatusCommand(program, run)
addSchemaCommand(program, run)
addDeadLettersCommands(program, run)
addKeysCommands(program, run)
addRebuildCommand(program, run)
addLogFilesCommands(program, run)
addVerifyCommand(program, run)
await program.parseAsync()
