import { randomUUID } from 'node:crypto'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { type User, authenticate } from './authentication.ts'
import { bodyTooLarge, decodeBody, encodeBody } from './compression.ts'
import type { Engine, EngineRequest, EngineResult } from './engine.ts'
import { httpStatusOf, toException } from './exception.ts'
import { type RequestParameters, readParameters } from './request-parameters.ts'
import { readStatement, requireReading } from './statement.ts'

// The same bounds as a server's: http_max_uri_size, and a block of rows that fits into memory several times.
const URL_AND_HEADERS_BYTES_MAX = 1024 * 1024
const BODY_BYTES_MAX = 256 * 1024 * 1024
// A server closes idle connections after 10 s (keep_alive_timeout); clients are cut for that.
const KEEP_ALIVE_MS = 10_000

/** What the HTTP interface serves. */
export interface HttpServerOptions {
  readonly engine: Engine
  readonly users: readonly User[]
}

/** ClickHouse's HTTP interface over an engine (https://clickhouse.com/docs/interfaces/http). It does not listen yet. */
export function createHttpServer(options: HttpServerOptions): Server {
  const limits = { maxHeaderSize: URL_AND_HEADERS_BYTES_MAX, keepAliveTimeout: KEEP_ALIVE_MS }
  return createServer(limits, (request, response) => void respond(options, request, response))
}

async function respond(
  options: HttpServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(`http://localhost${request.url ?? '/'}`)
  if (isPing(request, pathname, searchParams)) {
    response.end('Ok.\n')
    return
  }
  response.setHeader('X-ClickHouse-Query-Id', searchParams.get('query_id') ?? randomUUID())
  response.setHeader('X-ClickHouse-Server-Display-Name', 'embedded')
  response.setHeader('X-ClickHouse-Timezone', Intl.DateTimeFormat().resolvedOptions().timeZone)
  try {
    const user = authenticate(options.users, request.headers, searchParams)
    if (pathname !== '/') return notFound(response, pathname)
    await answerQuery({
      engine: options.engine,
      user,
      request,
      response,
      parameters: readParameters(searchParams),
    })
  } catch (error) {
    answerException(response, error, options.engine.version)
  }
  return undefined
}

function isPing(request: IncomingMessage, pathname: string, url: URLSearchParams): boolean {
  return pathname === '/ping' || (pathname === '/' && request.method !== 'POST' && !url.has('query'))
}

interface QueryExchange {
  readonly engine: Engine
  readonly user: User
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly parameters: RequestParameters
}

async function answerQuery({ engine, user, request, response, parameters }: QueryExchange): Promise<void> {
  const sent = await readBody(request)
  const body = await decodeBody(sent, request.headers['content-encoding'], BODY_BYTES_MAX)
  const engineRequest = toEngineRequest(parameters, body, request.headers['x-clickhouse-format'])
  const restricted = restrict(engineRequest, user, request.method)
  const result = await engine.execute(restricted)
  const encoded = await encodeBody(
    result.body,
    parameters.compressesResponse ? request.headers['accept-encoding'] : undefined,
  )
  response.setHeader('Content-Type', contentType(restricted.format))
  response.setHeader('X-ClickHouse-Format', restricted.format)
  response.setHeader('X-ClickHouse-Summary', summarize(result))
  if (encoded.encoding !== undefined) response.setHeader('Content-Encoding', encoded.encoding)
  response.end(encoded.body)
}

function toEngineRequest(
  parameters: RequestParameters,
  body: Buffer,
  header: string | string[] | undefined,
): EngineRequest {
  // Without a query in the URL, the body is the query; with one, it is the rows.
  const statement = readStatement(parameters.query === '' ? body.toString() : parameters.query)
  return {
    statement,
    data: parameters.query === '' ? Buffer.alloc(0) : body,
    database: parameters.database,
    format: statement.format ?? parameters.defaultFormat ?? header?.toString() ?? 'TabSeparated',
    queryParameters: parameters.queryParameters,
    settings: parameters.settings,
  }
}

/** As in ClickHouse, whoever may only read, and every GET, runs with readonly = 2: settings may change, data may not. */
function restrict(request: EngineRequest, user: User, method: string | undefined): EngineRequest {
  if (user.access === 'everything' && method === 'POST') return request
  requireReading(request.statement)
  return { ...request, settings: new Map([...request.settings, ['readonly', '2']]) }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX) throw bodyTooLarge(BODY_BYTES_MAX)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, bytes)
}

function answerException(response: ServerResponse, error: unknown, version: string): void {
  const { code, text } = toException(error)
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8')
  response.setHeader('X-ClickHouse-Exception-Code', String(code))
  // Nothing of a body that was not read to its end may be taken for the next request.
  if (!response.req.complete) response.setHeader('Connection', 'close')
  response.writeHead(httpStatusOf(code))
  response.end(`Code: ${code}. DB::Exception: ${text} (version ${version})\n`)
}

function notFound(response: ServerResponse, pathname: string): void {
  response.writeHead(404, { 'Content-Type': 'text/plain; charset=UTF-8' })
  response.end(`There is no handle ${pathname}\n`)
}

function summarize(result: EngineResult): string {
  return JSON.stringify({
    read_rows: String(result.readRows),
    read_bytes: String(result.readBytes),
    written_rows: String(result.writtenRows),
    written_bytes: String(result.writtenBytes),
    total_rows_to_read: '0',
    result_rows: String(result.readRows),
    result_bytes: String(result.body.length),
    elapsed_ns: String(Math.round(result.elapsedSeconds * 1e9)),
  })
}

const CONTENT_TYPES: readonly (readonly [RegExp, string])[] = [
  [/^JSON.*EachRow/, 'application/x-ndjson; charset=UTF-8'],
  [/^JSON/, 'application/json; charset=UTF-8'],
  [/^CSV/, 'text/csv; charset=UTF-8; header=absent'],
  [/^(?:TSV|TabSeparated)/, 'text/tab-separated-values; charset=UTF-8'],
  [/^(?:RowBinary|Native|Parquet|Arrow)/, 'application/octet-stream'],
]

function contentType(format: string): string {
  return CONTENT_TYPES.find(([pattern]) => pattern.test(format))?.[1] ?? 'text/plain; charset=UTF-8'
}
