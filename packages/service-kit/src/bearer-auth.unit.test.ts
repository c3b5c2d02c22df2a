import { type FastifyInstance, type InjectOptions } from 'fastify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { KeyRing } from './access-keys.ts'
import { identityOf, requireRole } from './bearer-auth.ts'
import { createHttpServer } from './http-server.ts'
import { createTelemetry } from './telemetry.ts'

const IDENTITIES = {
  'field-key': { keyId: 'key-1', subject: 'reporter-7', role: 'field' },
  'analyst-key': { keyId: 'key-2', subject: 'desk', role: 'analyst' },
} as const
const ring: KeyRing = {
  byKey: (key) => IDENTITIES[key as keyof typeof IDENTITIES],
  byId: () => undefined,
}

let server: FastifyInstance
beforeEach(() => {
  server = createHttpServer({
    telemetry: createTelemetry('test', 'silent'),
    health: { alive: () => undefined, ready: {} },
    bodyBytesMax: 1000,
  })
  server.get('/v1/me', { preHandler: requireRole(ring, ['field', 'operator']) }, (request) =>
    identityOf(request),
  )
  server.get('/open', (request) => identityOf(request))
})
afterEach(() => server.close())

const ask = (headers: NonNullable<InjectOptions['headers']>) => server.inject({ url: '/v1/me', headers })

describe('a route for some roles', () => {
  test.each(['Bearer field-key', 'bearer field-key', 'BEARER field-key'])(
    'lets %j pass',
    async (authorization) => {
      const answer = await ask({ authorization })
      expect(answer.statusCode).toBe(200)
      expect(answer.json()).toEqual(IDENTITIES['field-key'])
    },
  )

  test.each([
    ['no key', {}],
    ['an empty key', { authorization: 'Bearer ' }],
    ['an unknown key', { authorization: 'Bearer nobody' }],
    ['another scheme', { authorization: 'Basic field-key' }],
    ['a key alone', { authorization: 'field-key' }],
    ['two keys', { authorization: 'Bearer field-key field-key' }],
    ['a key of 10,000 characters', { authorization: `Bearer ${'k'.repeat(10_000)}` }],
    ['a key in a cookie', { cookie: 'baqylau_session=field-key; authorization=Bearer field-key' }],
    ['a key in another header', { 'x-api-key': 'field-key' }],
  ])('answers %s with 401', async (_what, headers) => {
    const answer = await ask(headers)
    expect(answer.statusCode).toBe(401)
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="baqylau"')
    expect(answer.json()).toMatchObject({ code: 'unauthenticated' })
    expect(answer.body).not.toContain('nobody')
  })

  test('answers a key of another role with 403', async () => {
    const answer = await ask({ authorization: 'Bearer analyst-key' })
    expect(answer.statusCode).toBe(403)
    expect(answer.json()).toMatchObject({
      code: 'forbidden',
      detail: 'This takes a key of the role field or operator; this one has analyst.',
    })
  })
})

test('a route that asks for no role knows nobody', async () => {
  const answer = await server.inject({ url: '/open', headers: { authorization: 'Bearer field-key' } })
  expect(answer.statusCode).toBe(500)
})
