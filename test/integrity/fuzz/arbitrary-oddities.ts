import * as fc from 'fast-check'
import type { FuzzRequest, Header, Senders } from './fuzz-request.ts'

/** Headers that a client can send and no server need like. */
export const oddHeaders: fc.Arbitrary<readonly Header[]> = fc.oneof(
  { arbitrary: fc.constant([]), weight: 20 },
  {
    arbitrary: fc
      .constantFrom<Header>(
        ['accept', '*/*;q=x'],
        ['accept-language', ','.repeat(3000)],
        ['cookie', 'baqylau_intake_session=x.y.z; __proto__=1'],
        ['x-forwarded-for', '::1, 10.0.0.1, x'],
        ['expect', '100-continue'],
        ['range', 'bytes=0-18446744073709551615'],
        ['if-none-match', '*'],
        ['origin', 'null'],
        ['host', '[::1'],
        ['host', ''],
        ['__proto__', 'x'],
        ['baqylau-author', '%'],
        ['baqylau-author', 'Ð°'],
        ['baqylau-receipt', 'x'.repeat(8000)],
      )
      .map((header) => [header]),
    weight: 2,
  },
)

/** Every address that there is, and some that there are not, by every method. */
export const elsewhere: fc.Arbitrary<FuzzRequest> = fc
  .record({
    method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'),
    path: fc.oneof(
      fc.constantFrom(
        '/',
        '/?lang=xx&lang=kk',
        '/v1/reports/',
        '/v1/reports/%00',
        '/v1/reports/%E0%A4%A',
        '/v1/reports/../../etc/passwd',
        `/v1/reports/${'0'.repeat(201)}`,
        `/v1/reports/${'0'.repeat(7000)}`,
        '/v1/reports/0190b4c0-7a11-7c3e-9d55-0242ac120002/history',
        '/v1/reports?kind=__proto__',
        '//v1//reports',
        '/openapi.json',
        '/docs',
        '/docs/../../package.json',
        '/docs/%2e%2e%2fpackage.json',
        '/healthz',
        '/readyz',
        '/metrics',
        '/session',
        '/session/end',
        '/sent',
        '/report',
        '/report?kind=press_seizure',
        '/report?kind=constructor',
        '/report/draft?kind=vote_tally',
        '/form.css',
      ),
      fc.webPath(),
    ),
    headers: oddHeaders,
    form: fc.dictionary(fc.string({ maxLength: 30 }), fc.string({ unit: 'binary', maxLength: 50 }), {
      maxKeys: 8,
    }),
  })
  .map(({ method, path, headers, form }) => ({
    method,
    path,
    headers: [...headers, ['content-type', 'application/x-www-form-urlencoded'] as const],
    body: ['GET', 'HEAD', 'TRACE'].includes(method)
      ? Buffer.alloc(0)
      : Buffer.from(new URLSearchParams(form).toString()),
  }))

/** What no client sends: lines that are none, lengths that are wrong, requests within requests. */
export const rawRequest = ({ keys }: Senders): fc.Arbitrary<FuzzRequest> => {
  const usual = [
    'POST /v1/reports HTTP/1.1',
    'host: x',
    `authorization: Bearer ${keys.field}`,
    'content-type: application/json',
  ]
  const raw = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(
        fc.constantFrom(
          'content-length: 10',
          'content-length: -1',
          'content-length: 5\r\ncontent-length: 6',
          'content-length: 99999999999999999999',
          'content-length: 3\r\ntransfer-encoding: chunked',
          'transfer-encoding: chunked',
          'transfer-encoding: chunked, gzip',
          `x: ${'y'.repeat(20_000)}`,
          'x: a\u0000b',
          ' folded: x',
          'no colon',
          'upgrade: websocket\r\nconnection: upgrade',
          'expect: 100-continue\r\ncontent-length: 2',
        ),
        fc.constantFrom('', '{}', '5\r\n{"a":\r\n0\r\n\r\n', 'ffffffffffffffff\r\n', '-1\r\n', '{"kind":'),
      )
      .map(([header, body]) => Buffer.from(`${[...usual, header].join('\r\n')}\r\n\r\n${body}`, 'latin1')),
    fc
      .constantFrom(
        'GET / HTTP/9.9',
        'POST  /v1/reports HTTP/1.1',
        'get / HTTP/1.1',
        '\u0016\u0003\u0001',
        'PRI * HTTP/2.0',
        'CONNECT x:80 HTTP/1.1',
      )
      .map((line) => Buffer.from(`${line}\r\nhost: x\r\n\r\n`, 'latin1')),
  )
  return raw.map((bytes) => ({ method: 'RAW', path: '', headers: [], body: Buffer.alloc(0), raw: bytes }))
}
