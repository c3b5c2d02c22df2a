import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const REPOSITORY = join(import.meta.dirname, '..', '..', '..')
const VERIFY_MS_MAX = 3_600_000
const SAID_MAX = 2000

const saidBy = (error: unknown): string =>
  error instanceof Error && 'stdout' in error && 'stderr' in error
    ? `${String(error.stdout)}${String(error.stderr)}`
    : String(error)

/** `baqylau verify`: undefined where ClickHouse agrees with a fold of the whole log, else what it says. */
export const verify = async (env: Readonly<Record<string, string>>): Promise<string | undefined> => {
  const command = [join(REPOSITORY, 'services', 'ops', 'src', 'main.ts'), '--json', 'verify']
  try {
    await promisify(execFile)(process.execPath, command, {
      env: { PATH: process.env['PATH'], ...env },
      timeout: VERIFY_MS_MAX,
    })
    return undefined
  } catch (error) {
    return `baqylau verify: ${saidBy(error).trim().slice(0, SAID_MAX)}`
  }
}
