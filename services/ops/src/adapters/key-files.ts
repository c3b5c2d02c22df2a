import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import path from 'node:path'
import { AppError } from '@baqylau/contracts'
import { type AccessKey, newSecret, parseAccessKeys, readConfiguredFile } from '@baqylau/service-kit'

const OWNER_ONLY = 0o600

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

/** Opens `<file>.new` for us alone: while it is there, nobody else changes the file. */
const openReplacement = (file: string): number => {
  try {
    mkdirSync(path.dirname(file), { recursive: true })
    return openSync(`${file}.new`, 'wx', OWNER_ONLY)
  } catch (cause) {
    const why = hasCode(cause, 'EEXIST')
      ? `${file}.new is there: somebody is changing ${file}, or was interrupted. If nobody is, remove ${file}.new.`
      : `${file} cannot be written.`
    throw new AppError('invalid_configuration', why, { cause })
  }
}

/** Replaces a file as a whole, so that a reader sees the old content or the new. Mode 0600. */
const replaceFile = (file: string, content: () => string): void => {
  const descriptor = openReplacement(file)
  try {
    writeSync(descriptor, content())
    closeSync(descriptor)
    renameSync(`${file}.new`, file)
  } catch (error) {
    rmSync(`${file}.new`, { force: true })
    throw error
  }
}

const makeIfAbsent = (file: string, content: () => string): boolean => {
  if (existsSync(file)) return false
  replaceFile(file, content)
  return true
}

/** Makes a new deployment secret, unless the file is there: another secret would orphan every receipt and hash. */
export const makeSecretFile = (file: string): boolean => makeIfAbsent(file, () => `${newSecret()}\n`)

/** Makes an empty list of keys, unless the file is there. */
export const makeKeysFile = (file: string): boolean => makeIfAbsent(file, () => '[]\n')

/** What `KEYS_FILE` says. @throws AppError `invalid_configuration`. */
export const readKeysFile = (file: string): readonly AccessKey[] =>
  parseAccessKeys(readConfiguredFile('KEYS_FILE', file), file)

const changeKeysFile = (
  file: string,
  change: (entries: readonly AccessKey[]) => readonly AccessKey[],
): void => {
  replaceFile(file, () => `${JSON.stringify(change(readKeysFile(file)), null, 2)}\n`)
}

/** Adds a line to `KEYS_FILE`. Running services see it within seconds. @throws AppError `invalid_configuration`. */
export const addToKeysFile = (file: string, entry: AccessKey): void => {
  makeKeysFile(file)
  changeKeysFile(file, (entries) => [...entries, entry])
}

/**
 * Takes the line of a key out of `KEYS_FILE`. Running services see it within seconds.
 * @throws AppError `invalid_configuration`, also when no key has this id.
 */
export const removeFromKeysFile = (file: string, id: string): void => {
  changeKeysFile(file, (entries) => {
    const others = entries.filter((entry) => entry.id !== id)
    if (others.length < entries.length) return others
    throw new AppError('invalid_configuration', `KEYS_FILE: no key has the id ${id}. See "keys list".`)
  })
}
