import formbody from '@fastify/formbody'
import { AppError, type AkimatsDailyAnswer, Line } from '@baqylau/contracts'
import {
  checkOrigin,
  createSessions,
  type KeyRing,
  type Role,
  pickLanguage,
  type Sessions,
  type Telemetry,
} from '@baqylau/service-kit'
import { Type } from '@sinclair/typebox'
import type {
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onRequestAsyncHookHandler,
} from 'fastify'
import type { Atlas } from '../../app.ts'
import { renderDashboard } from './dashboard-page.ts'
import { renderError } from './error-page.ts'
import { pageAddress, pageFilterOf, type PageQuery } from './page-filter.ts'
import { type Reader, readerOf } from './reader.ts'
import { type ReceiptOutcome, renderReceiptPage } from './receipt-page.ts'
import { renderSignIn } from './sign-in-page.ts'
import { STYLESHEET } from './stylesheet.ts'

export interface PageOptions {
  readonly atlas: Atlas
  readonly keys: KeyRing
  readonly sessionKey: Uint8Array
  readonly telemetry: Telemetry
  readonly limitLookups: onRequestAsyncHookHandler
  /** A file of the table, as the API gives it. */
  readonly sendCsv: (reply: FastifyReply, answer: AkimatsDailyAnswer) => Promise<FastifyReply>
}

/** Who may see the overview. */
const READERS: readonly Role[] = ['analyst', 'operator']
const HIDDEN = { hide: true }

/** Nothing from elsewhere, no script at all; a page in nobody's frame. */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  // Not `no-referrer`: browsers then send `Origin: null` with our own forms.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
  vary: 'accept-language, cookie',
} as const

const memberOf = (value: unknown, name: string): string | undefined => {
  if (typeof value !== 'object' || value === null) return undefined
  const member = (value as Readonly<Record<string, unknown>>)[name]
  return typeof member === 'string' ? member : undefined
}

const readerFor = (request: FastifyRequest): Reader => {
  const asked = memberOf(request.body, 'lang') ?? memberOf(request.query, 'lang')
  return readerOf(pickLanguage(asked, request.headers['accept-language']))
}

const sendPage = async (reply: FastifyReply, page: string, status = 200): Promise<FastifyReply> =>
  reply.code(status).type('text/html; charset=utf-8').send(page)

const addDashboard = (pages: FastifyInstance, { atlas, sendCsv }: PageOptions, sessions: Sessions): void => {
  const schema = HIDDEN
  pages.get<{ Querystring: PageQuery }>('/', { schema }, async (request, reply) => {
    const reader = readerFor(request)
    if ((await sessions.identify(request)) === undefined) return sendPage(reply, renderSignIn(reader, false))
    const page = pageFilterOf(request.query)
    return sendPage(reply, renderDashboard(reader, page, await atlas.overview(page.filter)))
  })
  pages.get<{ Querystring: PageQuery }>('/akimats-daily.csv', { schema }, async (request, reply) => {
    if ((await sessions.identify(request)) === undefined)
      return reply.redirect(pageAddress('/', readerFor(request).language), 303)
    return sendCsv(reply, await atlas.daily(pageFilterOf(request.query).filter))
  })
}

const SignIn = Type.Object({ key: Line(200), lang: Type.Optional(Type.String({ maxLength: 10 })) })
const Ask = Type.Object({ receipt: Line(100), lang: Type.Optional(Type.String({ maxLength: 10 })) })

const addSession = (pages: FastifyInstance, { limitLookups }: PageOptions, sessions: Sessions): void => {
  pages.post<{ Body: { key: string } }>(
    '/session',
    { schema: { ...HIDDEN, body: SignIn }, onRequest: limitLookups },
    async (request, reply) => {
      checkOrigin(request)
      const reader = readerFor(request)
      const identity = await sessions.begin(request.body.key, READERS, request, reply)
      return identity === undefined
        ? sendPage(reply, renderSignIn(reader, true), 403)
        : reply.redirect(pageAddress('/', reader.language), 303)
    },
  )
  pages.post('/session/end', { schema: HIDDEN }, async (request, reply) => {
    checkOrigin(request)
    sessions.end(reply)
    return reply.redirect(pageAddress('/', readerFor(request).language), 303)
  })
}

const outcomeOf = async (atlas: Atlas, typed: string): Promise<ReceiptOutcome> => {
  try {
    return { is: 'found', answer: await atlas.receipt(typed) }
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_receipt') return { is: 'mistyped', typed }
    throw error
  }
}

const addReceipt = (pages: FastifyInstance, { atlas, limitLookups }: PageOptions): void => {
  pages.get('/receipt', { schema: HIDDEN }, async (request, reply) =>
    sendPage(reply, renderReceiptPage(readerFor(request), { is: 'not_asked' })),
  )
  pages.post<{ Body: { receipt: string } }>(
    '/receipt',
    { schema: { ...HIDDEN, body: Ask }, onRequest: limitLookups },
    async (request, reply) => {
      checkOrigin(request)
      const outcome = await outcomeOf(atlas, request.body.receipt)
      const page = renderReceiptPage(readerFor(request), outcome)
      return sendPage(reply, page, outcome.is === 'mistyped' ? 400 : 200)
    },
  )
}

const addStylesheet = (pages: FastifyInstance): void => {
  pages.get('/atlas.css', { schema: HIDDEN }, (_request, reply) => {
    reply
      .type('text/css; charset=utf-8')
      .header('cache-control', 'public, max-age=31536000, immutable')
      .send(STYLESHEET)
  })
}

/** What goes wrong, as a page; what nobody foresaw is logged. Fastify's own refusals (413, 415, …) have their status with them. */
const showFault =
  ({ log }: Telemetry) =>
  async (error: FastifyError | AppError, request: FastifyRequest, reply: FastifyReply) => {
    const status = (error instanceof AppError ? error.status : error.statusCode) ?? 500
    const unforeseen = status >= 500 ? 'internal' : 'invalid_request'
    const code = error instanceof AppError ? error.code : unforeseen
    if (code === 'internal') log.error({ err: error, route: request.routeOptions.url }, 'a page failed')
    return sendPage(reply, renderError(readerFor(request), code), status)
  }

/** The pages for people: the overview behind a session, and the receipt for everybody. They work without JavaScript. */
export const addPages = async (server: FastifyInstance, options: PageOptions): Promise<void> => {
  await server.register(async (pages) => {
    await pages.register(formbody)
    const sessions = await createSessions(pages, {
      service: 'atlas',
      keys: options.keys,
      signingKey: options.sessionKey,
    })
    pages.addHook('onRequest', (_request, reply, done) => {
      reply.headers(PAGE_HEADERS)
      done()
    })
    pages.setErrorHandler(showFault(options.telemetry))
    addDashboard(pages, options, sessions)
    addSession(pages, options, sessions)
    addReceipt(pages, options)
    addStylesheet(pages)
  })
}
