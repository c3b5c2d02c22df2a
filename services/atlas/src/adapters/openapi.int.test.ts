import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAtlas, type OpenedAtlas } from '../testing/open-atlas.ts'

let atlas: OpenedAtlas
beforeAll(async () => {
  atlas = await openAtlas()
})
afterAll(() => atlas.close())

test('the interface is described', async () => {
  const described = (await atlas.server.inject({ url: '/openapi.json' })).json<{ paths: object }>()
  expect(Object.keys(described.paths).toSorted()).toEqual([
    '/v1/akimats/daily',
    '/v1/receipts/{receipt}',
    '/v1/reports',
    '/v1/reports/{reportId}/history',
  ])
})

test.each(['/v1/akimats/daily', '/v1/reports', '/v1/reports/x/history', '/v1/receipts/x'])(
  'another method of %s is told the ones there are',
  async (url) => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'] as const) {
      const answer = await atlas.server.inject({ method, url })
      expect([answer.statusCode, answer.headers['allow']]).toEqual([405, 'GET, HEAD'])
    }
  },
)

test('its description can be read at /docs with files of our own alone', async () => {
  const page = await atlas.server.inject({ url: '/docs/' })
  const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file ?? '')
  expect(files.length).toBeGreaterThan(3)
  const policy = page.headers['content-security-policy']
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toMatch(/https?:/)
  for (const file of files) {
    const { origin, pathname } = new URL(file, 'http://atlas/docs/')
    const { statusCode } = await atlas.server.inject({ url: pathname })
    expect({ file, origin, statusCode }).toEqual({ file, origin: 'http://atlas', statusCode: 200 })
  }
})
