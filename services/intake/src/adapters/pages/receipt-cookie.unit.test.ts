import { createHttpServer, createSessions, createTelemetry } from '@baqylau/service-kit'
import { expect, it } from 'vitest'
import { handOverReceipt } from './receipt-cookie.ts'

const cookieFor = async (host: string) => {
  const server = createHttpServer({
    telemetry: createTelemetry('test', 'silent'),
    health: { alive: () => undefined, ready: {} },
    bodyBytesMax: 1000,
  })
  const noKeys = { byKey: () => undefined, byId: () => undefined }
  await createSessions(server, { service: 'test', keys: noKeys, signingKey: new Uint8Array(32) })
  server.get('/', (request, reply) => {
    handOverReceipt(request, reply, 'RECEIPT')
    return reply.send()
  })
  const { cookies } = await server.inject({ url: '/', headers: { host } })
  await server.close()
  return cookies[0]
}

it.each(['reports.example', 'reports.example:8080', 'localhost.example', '10.0.0.5:8080'])(
  'goes over TLS alone from %s, though a proxy ends TLS before us',
  async (host) => {
    expect(await cookieFor(host)).toMatchObject({ secure: true, httpOnly: true, sameSite: 'Strict' })
  },
)
it.each(['localhost:8080', '127.0.0.1:8080', '[::1]:8080'])('goes without TLS from %s', async (host) => {
  expect(await cookieFor(host)).not.toHaveProperty('secure')
})
