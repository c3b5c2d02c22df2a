import { AppError } from '@baqylau/contracts'
import { identityOf, type KeyRing, requireRole, sendProblem } from '@baqylau/service-kit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Intake } from '../app.ts'
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
}

/** `POST /v1/reports`. Who may not send is told so before the body is read. */
export const addHttpApi = (server: FastifyInstance, { intake, keys }: HttpApiParts): void => {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(Object.keys(readers), { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )
  server.post('/v1/reports', { onRequest: requireRole(keys, ['field', 'operator']) }, submitReports(intake))
}
