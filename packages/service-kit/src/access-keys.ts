import { createHash, randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { AppError, DateTime, Line, OneOf, Sha256 } from '@baqylau/contracts'
import { readConfiguredFile } from './config.ts'

export const ROLES = ['field', 'analyst', 'operator'] as const
export type Role = (typeof ROLES)[number]

/** One line of `KEYS_FILE`. The key itself is nowhere; `subject` is the author that its reports have, for ever. */
export const AccessKey = Type.Object(
  { id: Line(100), sha256: Sha256, subject: Line(100), role: OneOf(ROLES), expiresAt: DateTime },
  { additionalProperties: false },
)
export type AccessKey = Static<typeof AccessKey>
const AccessKeys = Type.Array(AccessKey, { maxItems: 100_000 })

/** Who is asking. */
export interface Identity {
  readonly keyId: string
  readonly subject: string
  readonly role: Role
}

export interface KeyRing {
  /** The identity of a key as it was presented, or undefined when it is unknown or has expired. */
  readonly byKey: (key: string) => Identity | undefined
  /** The identity of a key by its id: for sessions, which end when their key does. */
  readonly byId: (keyId: string) => Identity | undefined
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A new random key of a role, and its line for `KEYS_FILE`. The key is shown once, and kept by whoever uses it. */
export const newAccessKey = (
  parts: Omit<AccessKey, 'sha256'>,
): { readonly key: string; readonly entry: AccessKey } => {
  const key = `bq_${parts.role}_${randomBytes(20).toString('hex')}`
  return { key, entry: { ...parts, sha256: sha256(key) } }
}

/** Checks the content of `KEYS_FILE`: an array of keys. @throws AppError `invalid_configuration`. */
export const parseAccessKeys = (json: string, file: string): readonly AccessKey[] => {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    throw new AppError('invalid_configuration', `KEYS_FILE: ${file} is not JSON.`, { cause })
  }
  if (Value.Check(AccessKeys, value)) return value
  const faults = [...Value.Errors(AccessKeys, value)]
    .slice(0, 5)
    .map(({ path, message }) => `${path} ${message}`)
  throw new AppError('invalid_configuration', `KEYS_FILE: ${file}: ${faults.join('; ')}`)
}

const RELOAD_MS = 2000

const identityOf = (entry: AccessKey | undefined, now: number): Identity | undefined =>
  entry === undefined || Date.parse(entry.expiresAt) <= now
    ? undefined
    : { keyId: entry.id, subject: entry.subject, role: entry.role }

/**
 * The keys of `KEYS_FILE`. A change of the file is seen within two seconds, without a restart; while a changed file is
 * not valid, the keys of before hold, and `onFault` hears why.
 * @throws AppError `invalid_configuration` when the file is not valid at the start.
 */
export const openKeyRing = (file: string, onFault: (error: unknown) => void): KeyRing => {
  let entries = parseAccessKeys(readConfiguredFile('KEYS_FILE', file), file)
  let modifiedMs = statSync(file).mtimeMs
  let lookedAtMs = Date.now()
  const refresh = (now: number): void => {
    if (now - lookedAtMs < RELOAD_MS) return
    lookedAtMs = now
    try {
      const { mtimeMs } = statSync(file)
      if (mtimeMs === modifiedMs) return
      modifiedMs = mtimeMs
      entries = parseAccessKeys(readConfiguredFile('KEYS_FILE', file), file)
    } catch (error) {
      onFault(error)
    }
  }
  const find = (matches: (entry: AccessKey) => boolean): Identity | undefined => {
    const now = Date.now()
    refresh(now)
    return identityOf(
      entries.find((entry) => matches(entry)),
      now,
    )
  }
  return {
    byKey: (key) => {
      const hash = sha256(key)
      return find((entry) => entry.sha256 === hash)
    },
    byId: (keyId) => find((entry) => entry.id === keyId),
  }
}
