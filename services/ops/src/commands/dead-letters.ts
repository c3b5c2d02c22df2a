import { type Command, InvalidArgumentError, Option } from 'commander'
import { DEAD_LETTER_STEPS } from '@baqylau/contracts'
import { readDeadLettersConfig } from '../config.ts'
import { DEAD_LETTER_REASONS, type DeadLetterId, parseId } from '../domain/dead-letter.ts'
import { parseInstant } from '../domain/instant.ts'
import type { Run } from '../outcome.ts'
import { listLetters, type ListOptions } from './dead-letters-list.ts'
import { replayLetters, type ReplayOptions } from './dead-letters-replay.ts'
import { showLetter } from './dead-letters-show.ts'

const LIMIT_DEFAULT = 50
const LIMIT_MAX = 100_000
const WAIT_SECONDS_DEFAULT = 30
const WAIT_SECONDS_MAX = 3600

const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`a whole number from ${min} to ${max} is needed.`)
  }

const instant = (text: string): string => {
  const parsed = parseInstant(text)
  if (parsed === undefined)
    throw new InvalidArgumentError('a date like 2005-10-19, or a time like 2005-10-19T09:30:00+06:00.')
  return parsed
}

const letterId = (text: string): DeadLetterId => {
  const id = parseId(text)
  if (id === undefined)
    throw new InvalidArgumentError('an id is step/topic/partition/offset, as "dead-letters list" prints it.')
  return id
}

const letterIds = (text: string, before: readonly DeadLetterId[] | undefined): readonly DeadLetterId[] => [
  ...(before ?? []),
  letterId(text),
]

/** The options by which both `list` and `replay` choose. */
const withCriteria = (command: Command): Command =>
  command
    .addOption(new Option('--step <step>', 'of this step').choices([...DEAD_LETTER_STEPS]))
    .addOption(
      new Option('--reason <code>', 'for this reason, as "list" shows it').choices([...DEAD_LETTER_REASONS]),
    )
    .option('--since <time>', 'that failed last at this time or later (a date is its midnight, UTC)', instant)
    .option('--until <time>', 'that failed last before this time', instant)

const addList = (letters: Command, run: Run): void => {
  withCriteria(letters.command('list'))
    .description('List dead letters that are still open, the last ones first.')
    .option('--all', 'closed ones too')
    .option('--limit <n>', 'at most so many', wholeNumber(1, LIMIT_MAX), LIMIT_DEFAULT)
    .action((options: ListOptions) => run(() => listLetters(readDeadLettersConfig(), options)))
}

const addShow = (letters: Command, run: Run): void => {
  letters
    .command('show')
    .description('Show one dead letter, and what the log has of its message.')
    .argument('<id>', 'step/topic/partition/offset', letterId)
    .option('--payload', 'print the message itself: it may name and describe people')
    .action((id: DeadLetterId, options: { readonly payload?: true }) =>
      run(() => showLetter(readDeadLettersConfig(), id, options.payload === true)),
    )
}

const addReplay = (letters: Command, run: Run): void => {
  withCriteria(letters.command('replay'))
    .description('Send the messages of open dead letters the way of new ones once more.')
    .argument('[ids...]', 'step/topic/partition/offset', letterIds)
    .option('--all', 'every open one')
    .option('--dry-run', 'only tell which')
    .option(
      '--wait <seconds>',
      'how long to wait until it is known what became of them',
      wholeNumber(0, WAIT_SECONDS_MAX),
      WAIT_SECONDS_DEFAULT,
    )
    .addHelpText(
      'after',
      '\nMend the cause first. A message that fails again is the same dead letter, with more attempts. Twice does no harm.' +
        '\nSeveral options choose what fits them all. While ClickHouse is away, only ids can be replayed.' +
        '\nExit code 0: all are closed (or --wait 0). 2: some were buried again, or nothing is known of them yet.',
    )
    .action((ids: readonly DeadLetterId[], options: ReplayOptions) =>
      run(() => replayLetters(readDeadLettersConfig(), ids, options)),
    )
}

export const addDeadLettersCommands = (program: Command, run: Run): void => {
  const letters = program
    .command('dead-letters')
    .description('Look at messages that a stage gave up on, and have them tried again.')
  addList(letters, run)
  addShow(letters, run)
  addReplay(letters, run)
}
