import { randomBytes } from 'node:crypto'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { newAccessKey, type Role, ROLES } from '@baqylau/service-kit'
import {
  addToKeysFile,
  makeKeysFile,
  makeSecretFile,
  readKeysFile,
  removeFromKeysFile,
} from '../adapters/key-files.ts'
import { type KeysConfig, readKeysConfig } from '../config.ts'
import { alignColumns, type Outcome, type Run } from '../outcome.ts'

const DAYS_DEFAULT = 180
const DAYS_MAX = 3650
const DAY_MS = 86_400_000

/**
 * Makes SECRET_FILE and an empty KEYS_FILE where they are absent. It makes no key: this runs unattended, and a key that
 * is printed into a container's log is a key that leaked.
 * @throws AppError `invalid_configuration` when a file cannot be written.
 */
export const initKeys = ({ SECRET_FILE, KEYS_FILE }: KeysConfig): Outcome => {
  const files = [
    { file: SECRET_FILE, created: makeSecretFile(SECRET_FILE) },
    { file: KEYS_FILE, created: makeKeysFile(KEYS_FILE) },
  ]
  const told = files.map(({ file, created }) => `${file} ${created ? 'was made' : 'is there'}.`).join('\n')
  return { document: { files }, text: `${told}\nMake a key with "keys add".`, exitCode: 0 }
}

export interface NewKey {
  readonly role: Role
  readonly subject: string
  readonly days: number
}

/** Makes a key and adds its hash to KEYS_FILE. The key is in the outcome, and nowhere else. */
export const addKey = ({ KEYS_FILE }: KeysConfig, { role, subject, days }: NewKey, now: number): Outcome => {
  const id = `${role}-${randomBytes(4).toString('hex')}`
  const expiresAt = new Date(now + days * DAY_MS).toISOString()
  const { key, entry } = newAccessKey({ id, subject, role, expiresAt })
  addToKeysFile(KEYS_FILE, entry)
  return {
    document: { key, id, subject, role, expiresAt },
    text: `${key}\n\nThis is ${subject}'s key (${id}), until ${expiresAt}. It is shown this once: hand it over now.`,
    exitCode: 0,
  }
}

/** Whose keys there are, and until when: no hash. */
export const listKeys = ({ KEYS_FILE }: KeysConfig, now: number): Outcome => {
  const keys = readKeysFile(KEYS_FILE).map(({ id, role, subject, expiresAt }) => ({
    id,
    role,
    subject,
    expiresAt,
    expired: Date.parse(expiresAt) <= now,
  }))
  const rows = keys.map(({ id, role, subject, expiresAt, expired }) => [
    id,
    role,
    subject,
    `${expired ? 'expired' : 'until'} ${expiresAt}`,
  ])
  return {
    document: { keys },
    text: keys.length === 0 ? 'There is no key.' : alignColumns(rows),
    exitCode: 0,
  }
}

/** Revokes a key: it ends within two seconds, with its sessions. @throws AppError when there is none of this id. */
export const removeKey = ({ KEYS_FILE }: KeysConfig, id: string): Outcome => {
  removeFromKeysFile(KEYS_FILE, id)
  return { document: { removed: id }, text: `${id} ends within two seconds, with its sessions.`, exitCode: 0 }
}

const parseDays = (text: string): number => {
  const days = Number(text)
  if (!Number.isInteger(days) || days < 1 || days > DAYS_MAX) {
    throw new InvalidArgumentError(`a whole number from 1 to ${DAYS_MAX} is needed.`)
  }
  return days
}

const parseSubject = (text: string): string => {
  if (!/^[^\p{Cc}]{1,100}$/u.test(text))
    throw new InvalidArgumentError('one line of 1 to 100 characters is needed.')
  return text
}

export const addKeysCommands = (program: Command, run: Run): void => {
  const keys = program
    .command('keys')
    .description(
      'Make the secret of a deployment; make, list and revoke keys of people (KEYS_FILE, SECRET_FILE).',
    )
  keys
    .command('init')
    .description('Make SECRET_FILE and an empty KEYS_FILE where they are absent (mode 0600).')
    .action(() => run(() => initKeys(readKeysConfig())))
  keys
    .command('add')
    .description('Make a key, print it once, and add its hash to KEYS_FILE.')
    .addOption(new Option('--role <role>', 'what it may do').choices([...ROLES]).makeOptionMandatory())
    .requiredOption(
      '--subject <name>',
      'a pseudonym: the author, for ever, of the reports sent with it',
      parseSubject,
    )
    .option('--days <n>', 'how long it is valid', parseDays, DAYS_DEFAULT)
    .action((options: NewKey) => run(() => addKey(readKeysConfig(), options, Date.now())))
  keys
    .command('list')
    .description('List the keys, with whose they are and until when.')
    .action(() => run(() => listKeys(readKeysConfig(), Date.now())))
  keys
    .command('remove')
    .description('Revoke a key. What was sent with it stays.')
    .argument('<id>', 'as "keys list" shows it')
    .action((id: string) => run(() => removeKey(readKeysConfig(), id)))
}
