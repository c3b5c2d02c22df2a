import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { request } from 'node:http'
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureCredentials, startClickHouse } from './clickhouse-server.ts'
import type { ManagedProcess } from './managed-process.ts'
import { pickFreePort } from './ports.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'baqylau-clickhouse-'))
const credentials = ensureCredentials(dataDir)
const ROWS_BEFORE_KILL = 100
const onProgress = (): undefined => undefined
let port = 0
let server: ManagedProcess

beforeAll(async () => {
  port = await pickFreePort()
  server = await startClickHouse({ dataDir, port, credentials, onProgress })
  await command('CREATE DATABASE test')
  await command('CREATE TABLE test.texts (id UInt32, text String) ENGINE = MergeTree ORDER BY id')
})

afterAll(async () => {
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

interface Request {
  readonly url?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array<ArrayBuffer>
  readonly method?: string
}

async function ask({ url = {}, headers = {}, body, method = 'POST' }: Request): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/?${new URLSearchParams(url).toString()}`, {
    method,
    headers: { ...keyOf(credentials.user, credentials.password), ...headers },
    ...(body !== undefined && { body }),
  })
}

async function command(sql: string, url: Readonly<Record<string, string>> = {}): Promise<string> {
  const response = await ask({ url, body: sql })
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text.trimEnd()
}

function keyOf(user: string, password: string): Readonly<Record<string, string>> {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
}

function asReader(): Readonly<Record<string, string>> {
  return keyOf(credentials.readonlyUser, credentials.readonlyPassword)
}

async function textOf(id: number): Promise<string> {
  return command(`SELECT text FROM test.texts WHERE id = ${id} FORMAT TSVRaw`)
}

describe('inserts', () => {
  it('takes JSON lines in the body, and says how many rows it wrote', async () => {
    const response = await ask({
      url: { query: 'INSERT INTO test.texts FORMAT JSONEachRow' },
      body: '{"id":1,"text":"Қостанай"}\n{"id":2,"text":"b"}\n',
    })
    expect(response.status).toBe(200)
    const summary = JSON.parse(response.headers.get('x-clickhouse-summary') ?? '') as {
      readonly written_rows: string
    }
    expect(summary.written_rows).toBe('2')
    expect(await textOf(1)).toBe('Қостанай')
  })

  it('takes binary rows as they are', async () => {
    const body = Buffer.from([3, 0, 0, 0, 3, 0xff, 0x00, 0x0a])
    const response = await ask({
      url: { query: 'INSERT INTO texts FORMAT RowBinary', database: 'test' },
      body,
    })
    expect(response.status).toBe(200)
    expect(await command('SELECT hex(text) FROM test.texts WHERE id = 3')).toBe('FF000A')
  })

  it('takes binary rows that hold the bytes of an empty line, at the end of a row and in its middle', async () => {
    const row = (id: number, text: string): Buffer =>
      Buffer.concat([Buffer.from([id, 0, 0, 0, text.length]), Buffer.from(text)])
    const rows = [row(60, '\n\n'), row(61, 'a\n\nb'), row(62, 'last')]
    const response = await ask({
      url: { query: 'INSERT INTO test.texts FORMAT RowBinary' },
      body: Buffer.concat(rows),
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-clickhouse-summary')).toContain('"written_rows":"3"')
    expect([await textOf(61), await textOf(62)]).toEqual(['a\n\nb', 'last'])
  })

  it('takes rows of text with empty lines between them, and settings before the format', async () => {
    const body = Buffer.from('{"id":63,"text":"a"}\n\n{"id":64,"text":"b"}\n')
    const query = 'INSERT INTO test.texts (id, text) SETTINGS max_threads = 1 FORMAT JSONEachRow'
    expect((await ask({ url: { query }, body })).status).toBe(200)
    expect(await textOf(64)).toBe('b')
  })

  it.each([
    ['gzip', gzipSync, 4],
    ['zstd', zstdCompressSync, 5],
  ])('takes a body in %s', async (encoding, compress, id) => {
    const body = Buffer.from(compress(`{"id":${id},"text":"compressed"}`))
    const query = 'INSERT INTO test.texts FORMAT JSONEachRow'
    const response = await ask({ url: { query }, headers: { 'content-encoding': encoding }, body })
    expect(response.status).toBe(200)
    expect(await textOf(id)).toBe('compressed')
  })

  it('takes rows within the statement', async () => {
    await command(`INSERT INTO test.texts VALUES (6, 'a; b'), (7, 'c')`)
    await command(`INSERT INTO test.texts FORMAT JSONEachRow {"id":8,"text":"inline"}`)
    expect(await textOf(6)).toBe('a; b')
    expect(await textOf(8)).toBe('inline')
  })

  it('names what is wrong with a row, and keeps none of its batch', async () => {
    const response = await ask({
      url: { query: 'INSERT INTO test.texts FORMAT JSONEachRow' },
      body: '{"id":100,"text":"good"}\n{"id":"no","text":"bad"}\n',
    })
    expect(response.status).toBe(400)
    expect(response.headers.get('x-clickhouse-exception-code')).toBe('27')
    expect(await command('SELECT count() FROM test.texts WHERE id = 100')).toBe('0')
  })

  it('refuses an encoding that it does not know, and a body that is not in the one it names', async () => {
    const query = 'INSERT INTO test.texts FORMAT JSONEachRow'
    const unknown = await ask({ url: { query }, headers: { 'content-encoding': 'snappy' }, body: 'x' })
    expect([unknown.status, unknown.headers.get('x-clickhouse-exception-code')]).toEqual([501, '48'])
    const broken = await ask({ url: { query }, headers: { 'content-encoding': 'gzip' }, body: 'x' })
    expect([broken.status, broken.headers.get('x-clickhouse-exception-code')]).toEqual([400, '117'])
  })

  it('stops a body that unpacks to more than it may hold', async () => {
    const bomb = Buffer.from(gzipSync(Buffer.alloc(257 * 1024 * 1024), { level: 1 }))
    const query = 'INSERT INTO test.texts FORMAT JSONEachRow'
    const response = await ask({ url: { query }, headers: { 'content-encoding': 'gzip' }, body: bomb })
    expect(response.status).toBe(413)
  })
})

describe('queries', () => {
  it.each([
    'tab\there',
    'line\nbreak',
    "quote'd",
    'double"d',
    String.raw`back\slash \n \N`,
    'nul\0',
    '`',
    '',
    'ә',
  ])('binds the parameter %j', async (value) => {
    // As @clickhouse/client escapes a string.
    const escapes: Readonly<Record<string, string>> = {
      '\\': '\\\\',
      '\t': String.raw`\t`,
      '\n': String.raw`\n`,
      "'": String.raw`\'`,
      '\0': String.raw`\0`,
    }
    const escaped = value.replaceAll(/[\\\t\n'\0]/g, (character) => escapes[character] ?? character)
    const answer = await command('SELECT {value:String} AS value FORMAT JSONEachRow', {
      param_value: escaped,
    })
    expect(JSON.parse(answer)).toEqual({ value })
  })

  it('binds arrays, nulls and identifiers', async () => {
    const url = {
      param_list: String.raw`['a\'b','c']`,
      param_none: String.raw`\N`,
      param_table: 'one',
      param_db: 'system',
    }
    const sql =
      'SELECT {list:Array(String)} AS list, {none:Nullable(String)} AS none FROM {db:Identifier}.{table:Identifier} FORMAT JSONEachRow'
    expect(JSON.parse(await command(sql, url))).toEqual({ list: ["a'b", 'c'], none: null })
  })

  it('applies settings to one request only', async () => {
    const sql = "SELECT value FROM system.settings WHERE name = 'max_threads'"
    expect(await command(sql, { max_threads: '7' })).toBe('7')
    expect(await command(sql)).not.toBe('7')
  })

  it('answers with the format and the query id', async () => {
    const response = await ask({
      url: { query_id: 'mine', default_format: 'JSONEachRow' },
      body: 'SELECT 1 AS one',
    })
    expect(response.headers.get('x-clickhouse-query-id')).toBe('mine')
    expect(response.headers.get('x-clickhouse-format')).toBe('JSONEachRow')
    expect(await response.json()).toEqual({ one: 1 })
  })

  it('compresses when it is asked to', async () => {
    const headers = { 'accept-encoding': 'gzip' }
    const plain = await ask({ headers, body: 'SELECT 1' })
    expect(plain.headers.get('content-encoding')).toBeNull()
    const packed = await rawBody({ enable_http_compression: '1' }, 'SELECT 1')
    expect(gunzipSync(packed).toString()).toBe('1\n')
  })

  it.each([
    ['SELECT * FROM test.nothing', 404, '60'],
    ['SELEC 1', 400, '62'],
    ['SELECT 1; SELECT 2', 400, '62'],
    ['', 400, '62'],
    ['SELECT 1 SETTINGS no_such_setting = 1', 404, '115'],
    ['SELECT throwIf(1)', 500, '395'],
  ])('answers %j with status %i and exception %s', async (body, status, code) => {
    const response = await ask({ body })
    expect([response.status, response.headers.get('x-clickhouse-exception-code')]).toEqual([status, code])
    // What @clickhouse/client reads the code, the message and the name from.
    expect(await response.text()).toMatch(
      /^Code: \d+\. DB::Exception: [\s\S]+\([A-Z_0-9]+\) \(version .+\)\n$/,
    )
  })

  it('answers a ping while queries run', async () => {
    const slow = Array.from({ length: 6 }, async () => command('SELECT sleep(1)'))
    const startedAt = performance.now()
    const answer = await fetch(`http://127.0.0.1:${port}/ping`)
    expect(await answer.text()).toBe('Ok.\n')
    expect(performance.now() - startedAt).toBeLessThan(900)
    await Promise.all(slow)
  })
})

/** `fetch` would unpack it. */
async function rawBody(url: Readonly<Record<string, string>>, sql: string): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const headers = { ...keyOf(credentials.user, credentials.password), 'accept-encoding': 'gzip' }
  const path = `/?${new URLSearchParams(url).toString()}`
  const sent = request({ port, path, method: 'POST', headers }, (response) => {
    response.toArray().then((chunks) => resolve(Buffer.concat(chunks as Buffer[])), reject)
  })
  sent.once('error', reject)
  sent.end(sql)
  return promise
}

describe('users', () => {
  it.each([
    ['nobody', keyOf('', '')],
    ['a wrong password', keyOf(credentials.user, 'wrong')],
    ['a wrong name', keyOf('wrong', credentials.password)],
    [
      'a wrong key',
      { authorization: '', 'x-clickhouse-user': credentials.user, 'x-clickhouse-key': 'wrong' },
    ],
  ])('does not let %s in', async (_who, headers) => {
    const response = await ask({ headers, body: 'SELECT 1' })
    expect([response.status, response.headers.get('x-clickhouse-exception-code')]).toEqual([403, '516'])
  })

  it('takes a name and a key in headers', async () => {
    const headers = {
      authorization: '',
      'x-clickhouse-user': credentials.user,
      'x-clickhouse-key': credentials.password,
    }
    expect((await ask({ headers, body: 'SELECT 1' })).status).toBe(200)
  })

  it('lets the reader read, and change settings', async () => {
    const response = await ask({
      url: { max_threads: '1' },
      headers: asReader(),
      body: 'SELECT count() FROM test.texts',
    })
    expect(response.status).toBe(200)
  })

  it.each([
    "INSERT INTO test.texts VALUES (9, 'x')",
    'DROP TABLE test.texts',
    'CREATE TABLE test.other (a Int8) ENGINE = Memory',
    "INSERT INTO FUNCTION file('/tmp/baqylau-reader.csv') SELECT 1",
    "SELECT 1 INTO OUTFILE '/tmp/baqylau-reader.csv'",
    'SELECT 1 SETTINGS readonly = 0',
    'KILL QUERY WHERE 1',
  ])('does not let the reader %s', async (body) => {
    const response = await ask({ url: { readonly: '0' }, headers: asReader(), body })
    expect([response.status, response.headers.get('x-clickhouse-exception-code')]).toEqual([403, '164'])
  })

  it('lets nobody write by GET', async () => {
    const response = await ask({ method: 'GET', url: { query: 'DROP TABLE test.texts' } })
    expect([response.status, response.headers.get('x-clickhouse-exception-code')]).toEqual([403, '164'])
  })
})

describe('the data directory', () => {
  it('belongs to one process, and a second is told which', async () => {
    const other = startClickHouse({ dataDir, port: await pickFreePort(), credentials, onProgress })
    await expect(other).rejects.toThrow(`process ${server.pid} has it open`)
  })

  it('keeps its rows over a restart', async () => {
    await command("INSERT INTO test.texts VALUES (20, 'kept')")
    await server.restart()
    expect(await textOf(20)).toBe('kept')
  })

  it('keeps every acknowledged row over a SIGKILL', async () => {
    await command('CREATE TABLE test.acknowledged (n UInt32) ENGINE = MergeTree ORDER BY n')
    let acknowledged = 0
    const insertNext = async (): Promise<boolean> => {
      const body = Buffer.from(new Uint32Array([acknowledged]).buffer)
      const insert = ask({ url: { query: 'INSERT INTO test.acknowledged FORMAT RowBinary' }, body })
      if (acknowledged === ROWS_BEFORE_KILL) server.kill('SIGKILL')
      return insert.then(
        ({ ok }) => ok,
        () => false,
      )
    }
    while (await insertNext()) acknowledged += 1
    await server.restart()
    const rows = Number(await command(`SELECT count() FROM test.acknowledged WHERE n < ${acknowledged}`))
    expect(acknowledged).toBeGreaterThanOrEqual(ROWS_BEFORE_KILL)
    expect(rows).toBe(acknowledged)
  })

  it('keeps rows that a client streams in many parts', async () => {
    const rows = Array.from(
      { length: 20_000 },
      (_, index) => `{"id":${1_000 + index},"text":"${randomBytes(8).toString('hex')}"}`,
    )
    await ask({ url: { query: 'INSERT INTO test.texts FORMAT JSONEachRow' }, body: rows.join('\n') })
    expect(await command('SELECT count() FROM test.texts WHERE id >= 1000')).toBe('20000')
  })
})
