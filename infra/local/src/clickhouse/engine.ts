import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Session, drainPending } from 'chdb'
import { type Statement, withRowsIn } from './statement.ts'

/** One statement and what it runs with. */
export interface EngineRequest {
  readonly statement: Statement
  /** The rows of an insert, or the rest of the statement. */
  readonly data: Buffer
  readonly database: string | undefined
  readonly format: string
  /** Values escaped as in TSV. */
  readonly queryParameters: ReadonlyMap<string, string>
  readonly settings: ReadonlyMap<string, string>
}

/** What the engine made of it. */
export interface EngineResult {
  readonly body: Uint8Array
  readonly readRows: number
  readonly readBytes: number
  readonly writtenRows: number
  readonly writtenBytes: number
  readonly elapsedSeconds: number
}

/** The ClickHouse engine in this process. */
export interface Engine {
  readonly version: string
  readonly execute: (request: EngineRequest) => Promise<EngineResult>
  /** Waits for what runs, and closes the data directory. */
  readonly close: () => Promise<void>
}

/**
 * Opens a data directory. Only one process can have it open.
 *
 * @throws Error naming the process that has it open already.
 */
export function openEngine(dataDir: string): Engine {
  const keeper = openKeeper(dataDir)
  const rowsFolder = emptyRowsFolder(dataDir)
  return {
    version: keeper.query('SELECT version()', 'TabSeparated').trim(),
    execute: async (request) => {
      // A session of its own, so that database, settings and parameters end with the request.
      const session = new Session(dataDir)
      try {
        await prepare(session, request)
        return await run(session, rowsFolder, request)
      } finally {
        session.close()
      }
    },
    close: async () => {
      await drainPending()
      keeper.close()
      rmSync(rowsFolder, { recursive: true, force: true })
    },
  }
}

/** For the rows of inserts under way, beside the data. What is in it was left by an engine that was killed. */
function emptyRowsFolder(dataDir: string): string {
  const folder = `${dataDir}.rows`
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { mode: 0o700 })
  return folder
}

/** The session that holds the directory open between requests. */
function openKeeper(dataDir: string): Session {
  try {
    return new Session(dataDir)
  } catch (cause) {
    const owner = lockOwner(dataDir)
    const reason =
      owner === undefined ? 'see the message above' : `process ${owner} has it open: stop that one first`
    throw new Error(`ClickHouse cannot open ${dataDir}: ${reason}.`, { cause })
  }
}

/** The engine keeps a lock on `status` for as long as it lives, and writes in it who it is. */
function lockOwner(dataDir: string): number | undefined {
  try {
    const owner = Number(/^PID: (\d+)$/m.exec(readFileSync(join(dataDir, 'status'), 'utf8'))?.[1])
    return Number.isNaN(owner) || owner === process.pid ? undefined : owner
  } catch {
    return undefined
  }
}

async function prepare(session: Session, request: EngineRequest): Promise<void> {
  if (request.database !== undefined) await session.queryAsync(`USE ${quoteName(request.database)}`)
  const assignments = [
    ...[...request.queryParameters].map(([name, value]) => `param_${name} = ${quoteText(value)}`),
    ...[...request.settings].map(([name, value]) => `${name} = ${quoteText(value)}`),
  ]
  if (assignments.length > 0) await session.queryAsync(`SET ${assignments.join(', ')}`)
}

async function run(session: Session, rowsFolder: string, request: EngineRequest): Promise<EngineResult> {
  const { statement, data } = request
  if (statement.kind === 'insert-with-data' && statement.format !== undefined) {
    return data.length === 0 ? NOTHING : insertRows(session, rowsFolder, request)
  }
  const sql = data.length === 0 ? statement.sql : `${statement.sql}\n${data.toString()}`
  const result = await session.queryAsync(sql, { format: request.format })
  const read = { readRows: result.rowsRead, readBytes: result.bytesRead, elapsedSeconds: result.elapsed }
  return { ...NOTHING, ...read, body: result.bytes() }
}

/**
 * Through a file: chdb's own inserts take an empty line anywhere in the rows, binary ones too, for their end, and drop
 * what comes after it.
 */
async function insertRows(
  session: Session,
  rowsFolder: string,
  request: EngineRequest,
): Promise<EngineResult> {
  const file = join(rowsFolder, randomUUID())
  await writeFile(file, request.data, { mode: 0o600 })
  try {
    const result = await session.queryAsync(withRowsIn(file, request.statement.sql), { format: 'Null' })
    const written = { writtenRows: result.rowsRead, writtenBytes: result.bytesRead }
    return { ...NOTHING, ...written, elapsedSeconds: result.elapsed }
  } finally {
    await rm(file, { force: true })
  }
}

const NOTHING: EngineResult = {
  body: new Uint8Array(),
  readRows: 0,
  readBytes: 0,
  writtenRows: 0,
  writtenBytes: 0,
  elapsedSeconds: 0,
}

function quoteText(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`).replaceAll('\0', String.raw`\0`)}'`
}

function quoteName(name: string): string {
  return `\`${name.replaceAll(/[\\`]/g, String.raw`\$&`)}\``
}
