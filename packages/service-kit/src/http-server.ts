import {
  AppError,
  compile,
  type ErrorCode,
  faultsOf,
  PROBLEM_MEDIA_TYPE,
  problemOfError,
} from '@baqylau/contracts'
import type { TSchema } from '@sinclair/typebox'
import {
  fastify,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifySchemaCompiler,
} from 'fastify'
import { convertText } from './convert-text.ts'
import type { Health } from './health.ts'
import { reportHealth } from './health.ts'
import { refuseUnreadable } from './refuse-unreadable.ts'
import type { Telemetry } from './telemetry.ts'

export interface HttpServerOptions {
  readonly telemetry: Telemetry
  readonly health: Health
  /** The largest body that is read, in bytes, unpacked. */
  readonly bodyBytesMax: number
  /** Addresses and CIDR ranges of proxies whose `X-Forwarded-For` says who asks. Default: none. */
  readonly trustedProxies?: readonly string[]
}

const RETRY_AFTER_SECONDS = 5

/** What Fastify itself refuses, in the words of our error table. */
const FASTIFY_CODES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported_media_type',
    'Send application/json or application/x-ndjson.',
  ],
  FST_ERR_CTP_BODY_TOO_LARGE: ['body_too_large', 'Send less at once.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['not_json', 'The body is empty.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['not_json', 'The body cannot be read as JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'invalid_request',
    'The body is not as long as its Content-Length says.',
  ],
}

/** An error of Fastify's or of a plug-in's, by its HTTP status. */
const byStatus = (error: FastifyError): AppError => {
  const status = error.statusCode ?? 500
  if (status === 429) return new AppError('rate_limited', 'Wait a minute, then go on more slowly.')
  if (status === 415)
    return new AppError('unsupported_media_type', 'This content type or encoding is not taken here.')
  if (status === 413) return new AppError('body_too_large', 'Send less at once.')
  if (status >= 400 && status < 500)
    return new AppError('invalid_request', 'The request cannot be read.', { cause: error })
  return new AppError('internal', 'The fault is logged here. Try again later.', { cause: error })
}

const asAppError = (error: FastifyError | AppError): AppError => {
  if (error instanceof AppError) return error
  const [code, detail] = FASTIFY_CODES[error.code] ?? []
  return code !== undefined && detail !== undefined
    ? new AppError(code, detail, { cause: error })
    : byStatus(error)
}

/** Validates what a route's schema says with TypeBox, unknown members refused; a query's words become numbers and booleans. */
const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = compile(schema)
  return (value: unknown) => {
    const converted: unknown =
      httpPart === 'querystring' ? convertText(schema, value as Readonly<Record<string, unknown>>) : value
    if (check.Check(converted)) return { value: converted }
    const faults = faultsOf(check, converted)
    const code = httpPart === 'querystring' ? 'invalid_query' : 'invalid_request'
    const detail = faults.map(({ path, message }) => `${path} ${message}`).join('; ')
    return { error: new AppError(code, detail, { faults }) }
  }
}

/** Answers with an RFC 9457 problem; 429 and 503 say when to try again. */
export const sendProblem = async (reply: FastifyReply, error: AppError): Promise<void> => {
  const problem = problemOfError(error)
  if (error.retryable && problem.status !== 500 && !reply.hasHeader('retry-after'))
    reply.header('retry-after', RETRY_AFTER_SECONDS)
  await reply.code(problem.status).type(PROBLEM_MEDIA_TYPE).send(problem)
}

/** Not part of the documented interface. */
const HIDDEN: object = { hide: true }

const addHealthRoutes = (server: FastifyInstance, { telemetry, health }: HttpServerOptions): void => {
  server.get('/healthz', { schema: HIDDEN }, async (_request, reply) => {
    const report = await reportHealth({ progress: health.alive })
    return reply
      .code(report.ok ? 200 : 503)
      .send({ status: report.ok ? 'ok' : 'stuck', checks: report.checks })
  })
  server.get('/readyz', { schema: HIDDEN }, async (_request, reply) => {
    const report = await reportHealth(health.ready)
    return reply
      .code(report.ok ? 200 : 503)
      .send({ status: report.ok ? 'ready' : 'not ready', checks: report.checks })
  })
  server.get('/metrics', { schema: HIDDEN }, async (_request, reply) =>
    reply.type(telemetry.registry.contentType).send(await telemetry.registry.metrics()),
  )
}

const SWEEP_MS = 100

/**
 * A connection that is busy when the stop begins becomes idle with its answer, and would stay open for as long as it may be
 * idle, and hold up the stop.
 */
const closeConnectionsWithTheirAnswers = (server: FastifyInstance): void => {
  server.addHook('preClose', (done) => {
    const sweep = setInterval(() => server.server.closeIdleConnections(), SWEEP_MS)
    server.server.once('close', () => clearInterval(sweep))
    done()
  })
}

/**
 * A Fastify server with what every service has: `/healthz`, `/readyz`, `/metrics`, and every error as a problem. Requests
 * are not logged one by one: addresses of reporters are personal data.
 */
export const createHttpServer = (options: HttpServerOptions): FastifyInstance => {
  const { telemetry } = options
  const server = fastify({
    logger: false,
    bodyLimit: options.bodyBytesMax,
    trustProxy: [...(options.trustedProxies ?? [])],
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: 'idle',
    requestTimeout: 30_000,
    keepAliveTimeout: 30_000,
    // An address that cannot be decoded never comes to the error handler.
    frameworkErrors: (error, _request, reply) => {
      void sendProblem(reply, asAppError(error))
    },
    clientErrorHandler: refuseUnreadable,
  })
  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(() => JSON.stringify)
  server.setErrorHandler(
    async (error: FastifyError | AppError, request: FastifyRequest, reply: FastifyReply) => {
      const known = asAppError(error)
      if (known.code === 'internal')
        telemetry.log.error({ err: error, route: request.routeOptions.url }, 'a request failed')
      await sendProblem(reply, known)
      return reply
    },
  )
  server.setNotFoundHandler(async (_request, reply) => {
    await sendProblem(reply, new AppError('not_found', 'See /docs for what there is.'))
    return reply
  })
  closeConnectionsWithTheirAnswers(server)
  addHealthRoutes(server, options)
  return server
}

/** Listens on every interface. @throws AppError `invalid_configuration` when the port is taken. */
export const listen = async (server: FastifyInstance, port: number, variable: string): Promise<string> => {
  try {
    return await server.listen({ port, host: '0.0.0.0' })
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE') {
      throw new AppError(
        'invalid_configuration',
        `${variable}: port ${port} is in use. Free it, or set ${variable} to another.`,
        { cause },
      )
    }
    throw cause
  }
}
