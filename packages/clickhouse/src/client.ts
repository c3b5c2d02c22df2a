import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { createClient } from '@clickhouse/client'
import { classify } from './errors.ts'

export interface ClickHouseConnection {
  readonly url: string
  readonly user: string
  readonly password: string
  /** Deadline of one request, in milliseconds. */
  readonly requestMsMax: number
  /** Ends requests under way when a stop can wait no longer. */
  readonly graceOver?: AbortSignal
}

export interface ClickHouse {
  /** Rows as JSONEachRow shows them (UInt64 as a string). `{name:Type}` in `sql` takes its value from `parameters`. */
  readonly query: <Row>(
    sql: string,
    parameters?: Readonly<Record<string, unknown>>,
  ) => Promise<readonly Row[]>
  /** A statement without an answer. */
  readonly command: (sql: string) => Promise<void>
  /** `statement` is `INSERT INTO … FORMAT …`, `body` its data in that format. Resolves when ClickHouse has written it. */
  readonly insert: (statement: string, body: Uint8Array) => Promise<void>
  readonly ping: () => Promise<void>
  readonly close: () => Promise<void>
}

const classified = async <Result>(work: Promise<Result>): Promise<Result> => {
  try {
    return await work
  } catch (error) {
    throw classify(error)
  }
}

/**
 * ClickHouse over HTTP. Every call throws an AppError: `read_side_unavailable`, `read_side_not_ready` or `row_rejected`.
 * Nothing is connected until the first call.
 */
export const openClickHouse = (connection: ClickHouseConnection): ClickHouse => {
  const { url, user, password, requestMsMax, graceOver } = connection
  const aborting = graceOver === undefined ? {} : { abort_signal: graceOver }
  const client = createClient({
    url,
    username: user,
    password,
    request_timeout: requestMsMax,
    max_open_connections: 10,
    // An insert is answered when it is written, whatever the server's own default is.
    clickhouse_settings: {
      output_format_json_quote_64bit_integers: 1,
      // A field that no column takes is a mistake, and not to be dropped silently.
      input_format_skip_unknown_fields: 0,
      async_insert: 0,
      wait_for_async_insert: 1,
    },
    keep_alive: { idle_socket_ttl: 2500 },
    log: { level: 127 },
  })
  const run = async <Row>(
    sql: string,
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<readonly Row[]> => {
    const result = await client.query({ query: sql, format: 'JSONEachRow', query_params: parameters })
    return result.json<Row>()
  }
  const insert = async (statement: string, body: Uint8Array): Promise<void> => {
    const { stream } = await client.exec({ query: statement, values: Readable.from([body]), ...aborting })
    stream.resume()
    await finished(stream)
  }
  return {
    query: (sql, parameters = {}) => classified(run(sql, parameters)),
    command: async (sql) => {
      await classified(client.command({ query: sql }))
    },
    insert: (statement, body) => classified(insert(statement, body)),
    ping: async () => {
      const result = await client.ping({ select: true })
      if (!result.success) throw classify(result.error)
    },
    close: () => client.close(),
  }
}
