import { checkOrigin } from '@baqylau/service-kit'
import type { FastifyInstance } from 'fastify'
import { renderKeyPage } from './key-page.ts'
import { renderKindsPage } from './kinds-page.ts'
import { forgetReceipt } from './receipt-cookie.ts'
import {
  frameOf,
  goTo,
  type PageRoutesParts,
  REPORTING_ROLES,
  reporterOf,
  sendPage,
  typedIn,
} from './page-context.ts'

/** The start: the key, entered once, or what may be reported; and leaving the device. */
export const addSessionRoutes = (
  server: FastifyInstance,
  { sessions, boundBodies }: PageRoutesParts,
): void => {
  const hidden = { schema: { hide: true } }

  server.get('/', hidden, async (request, reply) => {
    const reporter = await reporterOf(sessions, request)
    const frame = frameOf(request, reporter !== undefined)
    return sendPage(reply, reporter === undefined ? renderKeyPage(frame) : renderKindsPage(frame))
  })

  server.post('/session', { ...hidden, onRequest: boundBodies }, async (request, reply) => {
    checkOrigin(request)
    const key = typedIn(request).get('key') ?? ''
    const frame = frameOf(request, false)
    const identity = await sessions.begin(key, REPORTING_ROLES, request, reply)
    if (identity !== undefined) return goTo(reply, '/', frame)
    const { missing, refused } = frame.messages.key
    return sendPage(reply, renderKeyPage(frame, key.trim() === '' ? missing : refused), 401)
  })

  server.post('/session/end', { ...hidden, onRequest: boundBodies }, (request, reply) => {
    checkOrigin(request)
    sessions.end(reply)
    forgetReceipt(reply)
    return goTo(reply, '/', frameOf(request, false))
  })
}
