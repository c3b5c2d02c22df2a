import { createServer } from 'node:net'
import { once } from 'node:events'
import { AppError } from '@baqylau/contracts'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Health } from './health.ts'
import { createHttpServer, listen } from './http-server.ts'
import { createTelemetry, type Telemetry } from './telemetry.ts'

const WELL: Health = { alive: () => undefined, ready: { kafka: () => undefined } }
const BODY_BYTES_MAX = 1000
const SECRET = 'Айгуль-тел-7000001122'
const Query = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
    synthetic: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)

const servers: FastifyInstance[] = []
const openServer = (health: Health = WELL): { server: FastifyInstance; telemetry: Telemetry } => {
  const telemetry = createTelemetry('test', 'silent')
  const server = createHttpServer({ telemetry, health, bodyBytesMax: BODY_BYTES_MAX })
  servers.push(server)
  server.post('/echo', (request) => ({ body: request.body }))
  server.get('/query', { schema: { querystring: Query } }, (request) => ({ query: request.query }))
  server.get('/bug', () => {
    throw new Error(`a bug about ${SECRET}`)
  })
  server.get('/overloaded', () => {
    throw new AppError('overloaded', 'Too much.')
  })
  server.get('/faulty', () => {
    throw new AppError('invalid_report', 'x', { faults: [{ path: '/kind', message: 'is missing' }] })
  })
  server.get('/limited', () => {
    throw Object.assign(new Error('slow down'), { statusCode: 429 })
  })
  return { server, telemetry }
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

test.each([
  [undefined, '10.1.2.3'],
  [['10.1.0.0/16'], '203.0.113.9'],
  [['10.2.0.0/16'], '10.1.2.3'],
])('with the trusted proxies %j, the request of 10.1.2.3 is from %s', async (trustedProxies, address) => {
  const server = createHttpServer({
    telemetry: createTelemetry('test', 'silent'),
    health: WELL,
    bodyBytesMax: BODY_BYTES_MAX,
    ...(trustedProxies === undefined ? {} : { trustedProxies }),
  })
  servers.push(server)
  server.get('/from', ({ ip }) => ({ ip }))
  const headers = { 'x-forwarded-for': '192.0.2.1, 203.0.113.9' }
  const answer = await server.inject({ url: '/from', remoteAddress: '10.1.2.3', headers })
  expect(answer.json()).toEqual({ ip: address })
})

describe('an error is answered as a problem (RFC 9457):', () => {
  const json = { 'content-type': 'application/json' }
  test.each([
    ['an unknown address', { method: 'GET', url: '/nothing' }, 404, 'not_found'],
    ['an unknown method', { method: 'DELETE', url: '/echo' }, 404, 'not_found'],
    [
      'another content type',
      { method: 'POST', url: '/echo', headers: { 'content-type': 'text/csv' }, payload: 'a' },
      415,
      'unsupported_media_type',
    ],
    [
      'a body that is too large',
      { method: 'POST', url: '/echo', payload: { a: 'x'.repeat(BODY_BYTES_MAX) } },
      413,
      'body_too_large',
    ],
    [
      'a body that is not JSON',
      { method: 'POST', url: '/echo', headers: json, payload: '{"a":' },
      400,
      'not_json',
    ],
    ['a body that is empty', { method: 'POST', url: '/echo', headers: json, payload: '' }, 400, 'not_json'],
    [
      'a body that means the prototype',
      { method: 'POST', url: '/echo', headers: json, payload: '{"__proto__":{}}' },
      400,
      'not_json',
    ],
    ['an address that cannot be decoded', { method: 'GET', url: '/%zz' }, 400, 'invalid_request'],
    ['a limit of the server', { method: 'GET', url: '/limited' }, 429, 'rate_limited'],
    ['an error of the table', { method: 'GET', url: '/overloaded' }, 503, 'overloaded'],
    ['a bug', { method: 'GET', url: '/bug' }, 500, 'internal'],
  ] as const)('%s', async (_what, request, status, code) => {
    const answer = await openServer().server.inject(request)
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(answer.json()).toEqual({
      type: `urn:baqylau:problem:${code}`,
      title: expect.stringMatching(/\S/) as string,
      status,
      code,
      detail: expect.stringMatching(/\S/) as string,
    })
  })

  test('with the faults of the input', async () => {
    const answer = await openServer().server.inject('/faulty')
    expect(answer.json()).toMatchObject({ errors: [{ path: '/kind', message: 'is missing' }] })
  })

  test('which says when to try again, if that may help', async () => {
    const { server } = openServer()
    expect((await server.inject('/overloaded')).headers['retry-after']).toBe('5')
    expect((await server.inject('/limited')).headers['retry-after']).toBe('5')
    expect((await server.inject('/nothing')).headers).not.toHaveProperty('retry-after')
  })

  test('which tells nothing of a bug, while the log does', async () => {
    const { server, telemetry } = openServer()
    const logged = vi.spyOn(telemetry.log, 'error')
    const { body } = await server.inject('/bug')
    expect(body).not.toContain(SECRET)
    expect(body).not.toMatch(/\bat \S+:\d+|stack|Error:/)
    expect(logged).toHaveBeenCalledOnce()
  })
})

describe('a query', () => {
  const query = async (text: string) => {
    const answer = await openServer().server.inject(`/query?${text}`)
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() }
  }

  test('is read as the numbers and booleans that are asked for', async () => {
    expect(await query('limit=10&synthetic=true')).toEqual({
      status: 200,
      body: { query: { limit: 10, synthetic: true } },
    })
    expect(await query('')).toEqual({ status: 200, body: { query: {} } })
  })

  test.each([
    ['a parameter that is not known', 'limits=10', '/limits'],
    ['a number out of range', 'limit=501', '/limit'],
    ['an empty number', 'limit=', '/limit'],
    ['half of one', 'limit=10.5', '/limit'],
    ['a number in another notation', 'limit=1e2', '/limit'],
    ['a parameter twice', 'limit=1&limit=2', '/limit'],
    ['a word for a boolean', 'synthetic=perhaps', '/synthetic'],
    ['the prototype', '__proto__=1', '/__proto__'],
  ])('is refused with %s', async (_what, text, path) => {
    const { status, body } = await query(text)
    expect(status).toBe(400)
    expect(body).toMatchObject({ code: 'invalid_query', errors: [{ path }] })
  })
})

describe('the health of a service', () => {
  const ask = async (health: Health, url: string) => {
    const answer = await openServer(health).server.inject(url)
    return [answer.statusCode, answer.json<unknown>()]
  }

  test('is 200 when all is well', async () => {
    expect(await ask(WELL, '/healthz')).toEqual([200, { status: 'ok', checks: { progress: 'ok' } }])
    expect(await ask(WELL, '/readyz')).toEqual([200, { status: 'ready', checks: { kafka: 'ok' } }])
  })

  test('is 503 when it is stuck, or a dependency is away, and says which', async () => {
    const ill: Health = { alive: () => 'no progress', ready: { kafka: () => 'away', redis: () => undefined } }
    expect(await ask(ill, '/healthz')).toEqual([
      503,
      { status: 'stuck', checks: { progress: 'no progress' } },
    ])
    expect(await ask(ill, '/readyz')).toEqual([
      503,
      { status: 'not ready', checks: { kafka: 'away', redis: 'ok' } },
    ])
  })

  test('has metrics, with the name of the service', async () => {
    const { server, telemetry } = openServer()
    telemetry.counter('reports', 'Reports.').inc(3)
    telemetry.gauge('waiting_bytes', 'Bytes.', () => 42)
    const answer = await server.inject('/metrics')
    expect(answer.headers['content-type']).toMatch(/^text\/plain/)
    expect(answer.body).toContain('baqylau_test_reports{service="test"} 3')
    expect(answer.body).toContain('baqylau_test_waiting_bytes{service="test"} 42')
  })
})

test('a port that is taken is a fault of the configuration, which names the variable', async () => {
  const taken = createServer().listen(0, '0.0.0.0')
  await once(taken, 'listening')
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await expect(listen(openServer().server, port, 'TEST_PORT')).rejects.toMatchObject({
    code: 'invalid_configuration',
    message: `TEST_PORT: port ${port} is in use. Free it, or set TEST_PORT to another.`,
  })
  taken.close()
})
