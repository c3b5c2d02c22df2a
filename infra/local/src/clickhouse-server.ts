import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ManagedProcess, startProcess } from './managed-process.ts'

const SERVER = join(import.meta.dirname, 'clickhouse', 'server-main.ts')
// Queries run on libuv's threads, four by default; body compression needs some of them too.
const QUERY_THREADS = 16
const PING_WITHIN_MS = 1_000

/** Names and passwords of the two users. */
export interface ClickHouseCredentials {
  readonly user: string
  readonly password: string
  readonly readonlyUser: string
  readonly readonlyPassword: string
}

/** The engine behind ClickHouse's HTTP interface, on 127.0.0.1, with its tables in <dataDir>/clickhouse. */
export async function startClickHouse(options: {
  readonly dataDir: string
  readonly port: number
  readonly credentials: ClickHouseCredentials
  readonly restartsOnExit?: boolean
  readonly onProgress: (line: string) => void
}): Promise<ManagedProcess> {
  const { credentials, port } = options
  const folder = join(options.dataDir, 'clickhouse')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return startProcess({
    name: 'ClickHouse',
    command: [process.execPath, SERVER],
    env: {
      CLICKHOUSE_DATA_DIR: folder,
      CLICKHOUSE_PORT: String(port),
      CLICKHOUSE_USER: credentials.user,
      CLICKHOUSE_PASSWORD: credentials.password,
      CLICKHOUSE_READONLY_USER: credentials.readonlyUser,
      CLICKHOUSE_READONLY_PASSWORD: credentials.readonlyPassword,
      UV_THREADPOOL_SIZE: String(QUERY_THREADS),
    },
    logFile: join(options.dataDir, 'logs', 'clickhouse.log'),
    isReady: async () => pings(port),
    restartsOnExit: options.restartsOnExit ?? false,
    onProgress: options.onProgress,
  })
}

/** This data directory's users: made the first time, and kept in a file that only its owner reads. */
export function ensureCredentials(dataDir: string): ClickHouseCredentials {
  const file = join(dataDir, 'clickhouse-users.json')
  const found = readCredentials(file)
  if (found !== undefined) return found
  const made: ClickHouseCredentials = {
    user: 'baqylau',
    password: randomBytes(24).toString('base64url'),
    readonlyUser: 'analyst',
    readonlyPassword: randomBytes(24).toString('base64url'),
  }
  mkdirSync(dataDir, { recursive: true })
  writeFileSync(`${file}.unfinished`, JSON.stringify(made, undefined, 2), { mode: 0o600 })
  renameSync(`${file}.unfinished`, file)
  return made
}

function readCredentials(file: string): ClickHouseCredentials | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ClickHouseCredentials
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new Error(`${file} cannot be read. Remove it, and new passwords are made.`, { cause: error })
  }
}

async function pings(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/ping`, {
      signal: AbortSignal.timeout(PING_WITHIN_MS),
    })
    return answer.ok && (await answer.text()) === 'Ok.\n'
  } catch {
    return false
  }
}
