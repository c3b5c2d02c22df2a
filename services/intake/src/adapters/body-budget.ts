import { AppError, BODY_BYTES_MAX } from '@baqylau/contracts'
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'

/** What a body may come to. One that is packed, or does not say how long it is, may come to all that is allowed. */
const bytesToExpect = ({ headers }: FastifyRequest): number => {
  const length = Number(headers['content-length'])
  const isPlain = headers['content-encoding'] === undefined && Number.isInteger(length)
  return isPlain ? Math.min(length, BODY_BYTES_MAX) : BODY_BYTES_MAX
}

/**
 * A hook that bounds the memory of all requests in hand: before a body is read, room for it is set aside, until its answer
 * has gone. @throws AppError `overloaded` when there is none.
 */
export const boundBodies = (bytesMax: number): onRequestHookHandler => {
  let inHandBytes = 0
  return (request: FastifyRequest, reply: FastifyReply, done): void => {
    const bytes = bytesToExpect(request)
    if (inHandBytes + bytes > bytesMax) {
      done(new AppError('overloaded', 'More is coming in than can be held. Send it again in a few seconds.'))
      return
    }
    inHandBytes += bytes
    reply.raw.once('close', () => {
      inHandBytes -= bytes
    })
    done()
  }
}
