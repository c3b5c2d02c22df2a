import { EXCEPTION_CODES, RequestRefused } from './exception.ts'

/** What the query part of the URL says. */
export interface RequestParameters {
  readonly query: string
  readonly queryId: string | undefined
  readonly database: string | undefined
  readonly defaultFormat: string | undefined
  readonly compressesResponse: boolean
  /** By name, without `param_`. Values are escaped as in TSV, as they came: the engine unescapes them. */
  readonly queryParameters: ReadonlyMap<string, string>
  readonly settings: ReadonlyMap<string, string>
}

// The interface's own parameters (https://clickhouse.com/docs/interfaces/http). The rest are settings.
const READ_ELSEWHERE = [
  'query',
  'query_id',
  'database',
  'default_format',
  'enable_http_compression',
  'user',
  'password',
]
// Every response is complete before it is sent, so these ask for what happens anyway.
const WITHOUT_EFFECT = [
  'wait_end_of_query',
  'buffer_size',
  'http_response_buffer_size',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'http_zlib_compression_level',
  'stacktrace',
  'quota_key',
  'client_protocol_version',
]
const REFUSED = new Set(['session_id', 'session_timeout', 'session_check', 'role', 'compress', 'decompress'])
const INTERFACE_PARAMETERS = new Set([...READ_ELSEWHERE, ...WITHOUT_EFFECT])
const PARAMETER_PREFIX = 'param_'

/**
 * Splits what goes to this interface from what goes to the query.
 *
 * @throws RequestRefused for what this server does not do (48), and for names that no setting can have (115).
 */
export function readParameters(url: URLSearchParams): RequestParameters {
  const queryParameters = new Map<string, string>()
  const settings = new Map<string, string>()
  for (const [name, value] of url) {
    if (INTERFACE_PARAMETERS.has(name)) continue
    requireNamesSetting(name)
    if (name.startsWith(PARAMETER_PREFIX)) queryParameters.set(name.slice(PARAMETER_PREFIX.length), value)
    else settings.set(name, value)
  }
  return {
    query: url.get('query') ?? '',
    queryId: url.get('query_id') ?? undefined,
    database: url.get('database') ?? undefined,
    defaultFormat: url.get('default_format') ?? undefined,
    compressesResponse: url.get('enable_http_compression') === '1',
    queryParameters,
    settings,
  }
}

function requireNamesSetting(name: string): void {
  if (REFUSED.has(name)) {
    throw new RequestRefused(
      EXCEPTION_CODES.notImplemented,
      `'${name}' is not supported here. (NOT_IMPLEMENTED)`,
    )
  }
  if (!/^\w+$/.test(name)) {
    throw new RequestRefused(EXCEPTION_CODES.unknownSetting, `Unknown setting '${name}'. (UNKNOWN_SETTING)`)
  }
}
