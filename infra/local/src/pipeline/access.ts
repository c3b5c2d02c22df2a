import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newAccessKey, newSecret, ROLES, type Role } from '@baqylau/service-kit'

/** The files that say who may do what here, and the keys themselves, which the start prints. */
export interface Access {
  readonly secretFile: string
  readonly keysFile: string
  readonly keys: Readonly<Record<Role, string>>
}

const VALID_MS = 3650 * 24 * 60 * 60 * 1000
const PRIVATE = { mode: 0o600 } as const

/**
 * The secret and one key per role of a data directory, made at its first start and kept. A deployment for others keeps
 * only the keys' hashes; here the keys are kept too (mode 0600), so that every start can print them.
 */
export function ensureAccess(dataDir: string, now: Date): Access {
  const folder = join(dataDir, 'access')
  const secretFile = join(folder, 'secret')
  const keysFile = join(folder, 'keys.json')
  const plainFile = join(folder, 'plain-keys.json')
  if (!existsSync(plainFile)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const expiresAt = new Date(now.getTime() + VALID_MS).toISOString()
    const made = ROLES.map((role) =>
      newAccessKey({ id: `local-${role}`, subject: `local-${role}`, role, expiresAt }),
    )
    if (!existsSync(secretFile)) writeFileSync(secretFile, newSecret(), PRIVATE)
    writeFileSync(
      keysFile,
      JSON.stringify(
        made.map(({ entry }) => entry),
        null,
        2,
      ),
      PRIVATE,
    )
    // Last: while it is missing, the others are made again.
    writeFileSync(
      plainFile,
      JSON.stringify(Object.fromEntries(made.map(({ key, entry }) => [entry.role, key]))),
      PRIVATE,
    )
  }
  const keys = JSON.parse(readFileSync(plainFile, 'utf8')) as Record<Role, string>
  return { secretFile, keysFile, keys }
}

/**
 * Writes what an operator's command needs to find this stack, for Node's `--env-file`: `pnpm run baqylau` reads it from
 * the default data directory.
 */
export function writeEnvironment(dataDir: string, env: Readonly<Record<string, string>>): void {
  const lines = Object.entries(env).map(([name, value]) => `${name}='${value}'\n`)
  writeFileSync(join(dataDir, 'operator.env'), lines.join(''), PRIVATE)
}
