import { Readable } from 'node:stream'
import { AppError } from '@baqylau/contracts'
import { identityOf, type KeyRing, requireRole, sendProblem } from '@baqylau/service-kit'
import compress from '@fastify/compress'
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
  RequestPayload,
} from 'fastify'
import type { Intake } from '../app.ts'
import type { BodyBudget } from './body-budget.ts'
import { submitReportsSchema } from './openapi.ts'
import { type Body, readJsonBody, readNdjsonBody } from '../domain/read-body.ts'

const readers: Readonly<Record<string, (bytes: Uint8Array) => Body>> = {
  'application/json': readJsonBody,
  'application/x-ndjson': readNdjsonBody,
}

const readBody = ({ headers, body }: FastifyRequest): Body => {
  const mediaType = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  const read = readers[mediaType]
  if (read === undefined || !(body instanceof Uint8Array)) {
    throw new AppError('unsupported_media_type', `Send ${Object.keys(readers).join(' or ')}.`)
  }
  return read(body)
}

const submitReports = (intake: Intake) => async (request: FastifyRequest, reply: FastifyReply) => {
  const author = identityOf(request).subject
  const body = readBody(request)
  const answer =
    body.shape === 'one'
      ? await intake.submit(body.value, author)
      : await intake.submitAll(body.items, author)
  if (answer instanceof AppError) {
    await sendProblem(reply, answer)
    return reply
  }
  return reply.code(body.shape === 'one' ? 202 : 207).send(answer)
}

export interface HttpApiParts {
  readonly intake: Intake
  readonly keys: KeyRing
  readonly budget: BodyBudget
}

/** Unpacking that goes on after the answer (a bomb that was refused) is for nobody. */
const endUnpackingWithAnswer = (
  request: FastifyRequest,
  reply: FastifyReply,
  payload: RequestPayload,
  done: (error: null, payload: RequestPayload) => void,
): void => {
  if (payload !== request.raw && payload instanceof Readable) reply.raw.once('close', () => payload.destroy())
  done(null, payload)
}

/** It is read as bytes: our readers check each report for itself. */
const leaveUnchecked = () => (value: unknown) => ({ value })

const OTHER_METHODS = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Told before a body is read, and to anybody: it says nothing that `/openapi.json` does not. */
const refuseMethod: onRequestHookHandler = (_request, reply, done) => {
  reply.header('allow', 'POST')
  done(new AppError('method_not_allowed', 'Send reports by POST.'))
}

/** `POST /v1/reports`. Who may not send is told so before the body is read. */
export const addHttpApi = async (server: FastifyInstance, parts: HttpApiParts): Promise<void> => {
  await server.register(compress, { globalCompression: false, globalDecompression: true })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(Object.keys(readers), { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )
  server.route({
    method: 'POST',
    url: '/v1/reports',
    schema: submitReportsSchema,
    validatorCompiler: leaveUnchecked,
    onRequest: [
      requireRole(parts.keys, ['field', 'operator']),
      (request, reply, done) => done(parts.budget(request, reply)),
    ],
    preParsing: endUnpackingWithAnswer,
    handler: submitReports(parts.intake),
  })
  server.route({
    method: OTHER_METHODS,
    url: '/v1/reports',
    schema: { hide: true },
    onRequest: refuseMethod,
    handler: (_request, reply) => reply.send(),
  })
}
