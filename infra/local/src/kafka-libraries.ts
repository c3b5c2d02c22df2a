import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const PROJECT = join(import.meta.dirname, '..', 'kafka', 'pom.xml')
const REPOSITORY = join(import.meta.dirname, '..', '..', '..')
const MAVEN_WITHIN_MS = 300_000

/** Where this pom.xml's libraries are kept: one folder for every stack of this clone, and another after a change of it. */
function librariesFolder(): string {
  const fingerprint = createHash('sha256').update(readFileSync(PROJECT)).digest('hex').slice(0, 12)
  return join(REPOSITORY, '.baqylau', 'libraries', `kafka-${fingerprint}`)
}

/** Whether Maven is not needed any more. */
export function hasKafkaLibraries(): boolean {
  return existsSync(librariesFolder())
}

/**
 * The folder with Kafka's jars: copied out of Maven's repository the first time, atomically, so that two
 * runs at once are safe.
 *
 * @throws Error with what Maven said when it could not resolve them.
 */
export async function ensureKafkaLibraries(onProgress: (line: string) => void): Promise<string> {
  const folder = librariesFolder()
  if (existsSync(folder)) return folder
  onProgress('Fetching Kafka with Maven (43 MB the first time) …')
  const unfinished = `${folder}.${randomUUID()}`
  mkdirSync(unfinished, { recursive: true })
  try {
    await copyLibraries(unfinished)
    moveIntoPlace(unfinished, folder)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return folder
}

async function copyLibraries(folder: string): Promise<void> {
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`]
  try {
    await promisify(execFile)('mvn', ['-q', '-B', '-f', PROJECT, ...goal], { timeout: MAVEN_WITHIN_MS })
  } catch (cause) {
    const said = cause instanceof Error && 'stdout' in cause ? String(cause.stdout) : ''
    throw new Error(`Maven could not fetch Kafka's libraries.\n${said.trim().slice(0, 2_000)}`, { cause })
  }
}

function moveIntoPlace(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    // Another run was faster: its folder is as good.
    if (!existsSync(to)) throw error
  }
}
