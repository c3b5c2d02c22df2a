import { readFileSync } from 'node:fs'
import { AppError } from '@baqylau/contracts'
import { createSessions } from '@baqylau/service-kit'
import compress from '@fastify/compress'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { IntakeTelemetry } from '../../telemetry.ts'
import { renderFaultPage } from './fault-page.ts'
import { frameOf, type PagesParts, sendPage } from './page-context.ts'
import { addReportRoutes } from './report-routes.ts'
import { addSessionRoutes } from './session-routes.ts'

/** Nothing runs in these pages, and nobody frames them. The same-origin referrer is what the check of a form's origin may need. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
}

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="14" fill="#0b5563"/><circle cx="16" cy="16" r="6" fill="#fff"/></svg>'

const addFiles = (server: FastifyInstance): void => {
  const css = readFileSync(new URL('form.css', import.meta.url))
  const serve = (path: string, type: string, content: string | Buffer): void => {
    server.get(path, { schema: { hide: true } }, (_request, reply) =>
      reply.type(type).header('cache-control', 'max-age=3600').send(content),
    )
  }
  serve('/form.css', 'text/css; charset=utf-8', css)
  serve('/icon.svg', 'image/svg+xml', ICON)
}

const showFault =
  (telemetry: IntakeTelemetry) =>
  (error: FastifyError | AppError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const status = (error instanceof AppError ? error.status : error.statusCode) ?? 500
    if (status >= 500) telemetry.pageFailed(error)
    const frame = frameOf(request, false)
    const { forbidden, tooLarge, other } = frame.messages.errors
    const text = status === 403 ? forbidden : status === 413 ? tooLarge : other
    return sendPage(reply, renderFaultPage(frame, text), status)
  }

/** The form for field staff: server-rendered pages that need no script. */
export const addPages = async (server: FastifyInstance, parts: PagesParts): Promise<void> => {
  await server.register(compress, { globalDecompression: false })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(body.toString())),
  )
  const sessions = await createSessions(server, {
    service: 'intake',
    keys: parts.keys,
    signingKey: parts.sessionKey,
  })
  server.addHook('onRequest', (_request, reply, done) => {
    reply.headers(HEADERS)
    done()
  })
  server.setErrorHandler(showFault(parts.telemetry))
  addFiles(server)
  addSessionRoutes(server, { ...parts, sessions })
  addReportRoutes(server, { ...parts, sessions })
}
