import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { commandPath, inheritedEnvironment } from './config.ts'

const APT_WITHIN_MS = 600_000

/** Whether a command is in one of PATH's folders. */
export function isOnPath(command: string): boolean {
  return commandPath.some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** As root on Debian, what is missing can be installed. */
export function canInstallDebianPackages(): boolean {
  return process.getuid?.() === 0 && isOnPath('apt-get')
}

/** @throws Error that says how to install them by hand. */
export async function installDebianPackages(
  packages: readonly string[],
  onProgress: (line: string) => void,
): Promise<void> {
  const apt = async (...args: readonly string[]): Promise<unknown> =>
    promisify(execFile)('apt-get', ['-qq', '-y', '-o', 'DPkg::Lock::Timeout=120', ...args], {
      timeout: APT_WITHIN_MS,
      // RUNLEVEL 1: the package's own Redis is not to start beside this one.
      env: { ...inheritedEnvironment, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    })
  onProgress(`Installing Debian's ${packages.join(', ')} …`)
  try {
    await apt('update')
    await apt('install', '--no-install-recommends', ...packages)
  } catch (cause) {
    const names = packages.join(' ')
    throw new Error(`apt-get could not install ${names}. Install them by hand: apt-get install ${names}`, {
      cause,
    })
  }
}
