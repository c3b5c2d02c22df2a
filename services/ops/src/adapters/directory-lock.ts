import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { AppError } from '@baqylau/contracts'

const LOCK = /^export-(\d+)\.lock$/
const OWNER_ONLY = 0o600

const nameOf = (pid: number): string => `export-${pid}.lock`

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is there, and another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The locks of other processes: of those that are gone they are removed. */
const othersOf = (directory: string): readonly string[] =>
  readdirSync(directory).filter((name) => {
    const pid = Number(LOCK.exec(name)?.[1])
    if (Number.isNaN(pid) || pid === process.pid) return false
    if (isAlive(pid)) return true
    rmSync(path.join(directory, name), { force: true })
    return false
  })

/**
 * Runs `work` while no other process of this machine exports into the directory. Each process has a lock of its own, named for
 * it, and makes it before it looks for others: of two that come at once neither overlooks the other, and one that was killed
 * locks nobody out.
 * @throws AppError `already_running`.
 */
export const withDirectoryLock = async <Result>(
  directory: string,
  work: () => Promise<Result>,
): Promise<Result> => {
  const own = path.join(directory, nameOf(process.pid))
  writeFileSync(own, '', { mode: OWNER_ONLY })
  try {
    const [other] = othersOf(directory)
    if (other !== undefined) {
      throw new AppError(
        'already_running',
        `Another export writes to ${directory}. Wait for its end. If there is none, remove ${other}.`,
      )
    }
    return await work()
  } finally {
    rmSync(own, { force: true })
  }
}
