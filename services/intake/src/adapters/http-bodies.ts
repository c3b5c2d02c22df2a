import { Readable } from 'node:stream'
import { AppError } from '@baqylau/contracts'
import type { FastifyReply, FastifyRequest, onRequestHookHandler, RequestPayload } from 'fastify'

export const mediaTypeOf = ({ headers }: FastifyRequest): string =>
  (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''

/** A hook that lets only bodies of these media types be read. @throws AppError `unsupported_media_type`. */
export const requireMediaType =
  (mediaTypes: readonly string[]): onRequestHookHandler =>
  (request, _reply, done) => {
    if (mediaTypes.includes(mediaTypeOf(request))) done()
    else done(new AppError('unsupported_media_type', `Send ${mediaTypes.join(' or ')}.`))
  }

/** The body as it was sent, unpacked. */
export const bytesOf = ({ body }: FastifyRequest): Uint8Array =>
  body instanceof Uint8Array ? body : new Uint8Array()

/** Unpacking that goes on after the answer (a bomb that was refused) is for nobody. */
export const endUnpackingWithAnswer = (
  request: FastifyRequest,
  reply: FastifyReply,
  payload: RequestPayload,
  done: (error: null, payload: RequestPayload) => void,
): void => {
  if (payload !== request.raw && payload instanceof Readable) reply.raw.once('close', () => payload.destroy())
  done(null, payload)
}
