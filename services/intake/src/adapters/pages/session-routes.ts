import { checkOrigin } from '@baqylau/service-kit'
import type { FastifyInstance } from 'fastify'
import { KEY_FORM_BYTES_MAX } from './form-budget.ts'
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
export const addSessionRoutes = (server: FastifyInstance, { sessions }: PageRoutesParts): void => {
  const hidden = { schema: { hide: true } }
  const shortForm = { ...hidden, bodyLimit: KEY_FORM_BYTES_MAX }

  server.get('/', hidden, async (request, reply) => {
    const reporter = await reporterOf(sessions, request)
    const frame = frameOf(request, reporter !== undefined)
    return sendPage(reply, reporter === undefined ? renderKeyPage(frame) : renderKindsPage(frame))
  })

  server.post('/session', shortForm, async (request, reply) => {
    checkOrigin(request)
    const key = typedIn(request).get('key') ?? ''
    const frame = frameOf(request, false)
    const identity = await sessions.begin(key, REPORTING_ROLES, request, reply)
    if (identity !== undefined) return goTo(reply, '/', frame)
    const { missing, refused } = frame.messages.key
    return sendPage(reply, renderKeyPage(frame, key.trim() === '' ? missing : refused), 401)
  })

  server.post('/session/end', shortForm, (request, reply) => {
    checkOrigin(request)
    sessions.end(reply)
    forgetReceipt(reply)
    return goTo(reply, '/', frameOf(request, false))
  })
}
