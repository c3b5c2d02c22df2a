import { type FastifyInstance, type InjectOptions } from 'fastify'
import { SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Identity, KeyRing } from './access-keys.ts'
import { createHttpServer } from './http-server.ts'
import { checkOrigin, createSessions } from './sessions.ts'
import { createTelemetry } from './telemetry.ts'

const SIGNING_KEY = new Uint8Array(32).fill(7)
const HOURS_8 = 8 * 60 * 60
const fieldWorker: Identity = { keyId: 'key-1', subject: 'reporter-7', role: 'field' }
const analyst: Identity = { keyId: 'key-2', subject: 'desk', role: 'analyst' }

let server: FastifyInstance
let known: Map<string, Identity>
const ring: KeyRing = {
  byKey: (key) => known.get(key),
  byId: (keyId) => [...known.values()].find((identity) => identity.keyId === keyId),
}

beforeEach(async () => {
  known = new Map([
    ['field-key', fieldWorker],
    ['analyst-key', analyst],
  ])
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01T00:00:00Z') })
  server = createHttpServer({
    telemetry: createTelemetry('test', 'silent'),
    health: { alive: () => undefined, ready: {} },
    bodyBytesMax: 1000,
  })
  const sessions = await createSessions(server, { service: 'test', keys: ring, signingKey: SIGNING_KEY })
  server.post('/begin', async (request, reply) => {
    const { key } = request.body as { readonly key: string }
    return { identity: (await sessions.begin(key, ['field'], request, reply)) ?? null }
  })
  server.get('/me', (request) =>
    sessions.identify(request).then((identity) => ({ identity: identity ?? null })),
  )
  server.post('/end', (_request, reply) => {
    sessions.end(reply)
    return {}
  })
  server.post('/form', (request) => {
    checkOrigin(request)
    return {}
  })
})
afterEach(async () => {
  vi.useRealTimers()
  await server.close()
})

const begin = async (key: string, host = 'reports.example') => {
  const answer = await server.inject({ method: 'POST', url: '/begin', payload: { key }, headers: { host } })
  return { identity: answer.json<{ identity: unknown }>().identity, cookie: answer.cookies[0] }
}
const identify = async (token: string): Promise<unknown> => {
  const answer = await server.inject({ url: '/me', cookies: { baqylau_test_session: token } })
  return answer.json<{ identity: unknown }>().identity
}
const signed = (key: Uint8Array, audience: string, subject = 'key-1'): Promise<string> =>
  new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setAudience(audience)
    .setExpirationTime('1h')
    .sign(key)

describe('a session', () => {
  test('begins with a key of a role that may, in a cookie that scripts and other sites do not get', async () => {
    const { identity, cookie } = await begin(' field-key\n')
    expect(identity).toEqual(fieldWorker)
    expect(cookie).toMatchObject({
      name: 'baqylau_test_session',
      path: '/',
      httpOnly: true,
      sameSite: 'Strict',
      secure: true,
      maxAge: HOURS_8,
    })
    expect(cookie?.value).not.toContain('field-key')
    expect(await identify(cookie?.value ?? '')).toEqual(fieldWorker)
  })

  test.each(['analyst-key', 'nobody', ''])('does not begin with the key %j', async (key) => {
    expect(await begin(key)).toEqual({ identity: null, cookie: undefined })
  })

  test.each(['localhost:8080', 'localhost', '127.0.0.1:8080', '[::1]:8080'])(
    'has a cookie without Secure on %s alone, which has no TLS',
    async (host) => {
      expect((await begin('field-key', host)).cookie).not.toHaveProperty('secure')
    },
  )

  test.each(['localhost.example', '127.0.0.1.example:80', '10.0.0.5:8080', 'reports.example:443'])(
    'has a Secure cookie on %s',
    async (host) => {
      expect((await begin('field-key', host)).cookie).toMatchObject({ secure: true })
    },
  )

  test('ends after eight hours, whatever becomes of the cookie', async () => {
    const { cookie } = await begin('field-key')
    const begun = Date.now()
    vi.setSystemTime(begun + (HOURS_8 - 1) * 1000)
    expect(await identify(cookie?.value ?? '')).toEqual(fieldWorker)
    vi.setSystemTime(begun + (HOURS_8 + 1) * 1000)
    expect(await identify(cookie?.value ?? '')).toBeNull()
  })

  test('ends with its key', async () => {
    const { cookie } = await begin('field-key')
    known.delete('field-key')
    expect(await identify(cookie?.value ?? '')).toBeNull()
  })

  test('ends with "leave this device"', async () => {
    const answer = await server.inject({ method: 'POST', url: '/end' })
    expect(answer.cookies[0]).toMatchObject({ name: 'baqylau_test_session', value: '', path: '/' })
    expect(answer.cookies[0]?.expires?.getTime()).toBe(0)
  })

  test('is none when its token is signed so, and so alone', async () => {
    expect(await identify(await signed(SIGNING_KEY, 'test'))).toEqual(fieldWorker)
    expect(await identify(await signed(new Uint8Array(32).fill(8), 'test'))).toBeNull()
    expect(await identify(await signed(SIGNING_KEY, 'elsewhere'))).toBeNull()
    expect(await identify(await signed(SIGNING_KEY, 'test', 'key-9'))).toBeNull()
    expect(await identify('not.a.token')).toBeNull()
    const unsigned = `${btoa('{"alg":"none"}')}.${btoa('{"sub":"key-1","aud":"test"}')}.`
    expect(await identify(unsigned.replaceAll('=', ''))).toBeNull()
  })
})

describe('a form', () => {
  const send = async (headers: NonNullable<InjectOptions['headers']>): Promise<number> => {
    const answer = await server.inject({ method: 'POST', url: '/form', headers })
    return answer.statusCode
  }
  const host = 'reports.example:8080'

  test.each([
    ['with its origin', { host, origin: 'http://reports.example:8080' }],
    ['over TLS', { host, origin: 'https://reports.example:8080' }],
    ['with a referer alone', { host, referer: 'http://reports.example:8080/?lang=kk' }],
  ])('is taken from its own site, %s', async (_how, headers) => {
    expect(await send(headers)).toBe(200)
  })

  test.each([
    ['another site', { host, origin: 'https://evil.example' }],
    ['another port', { host, origin: 'http://reports.example:8081' }],
    ['a site whose name begins alike', { host, origin: 'http://reports.example:8080.evil.example' }],
    ['a hidden origin', { host, origin: 'null' }],
    ['a hidden origin, whatever the referer', { host, origin: 'null', referer: `http://${host}/` }],
    ['nowhere', { host }],
    ['an origin that is no address', { host, origin: 'reports.example:8080' }],
    ['another site by its referer', { host, referer: 'https://evil.example/reports.example:8080' }],
  ])('is refused from %s', async (_where, headers) => {
    expect(await send(headers)).toBe(403)
  })
})
