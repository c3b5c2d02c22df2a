import { AppError } from '@baqylau/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** What a body may come to. One that is packed, or does not say how long it is, may come to all that its route allows. */
const bytesToExpect = ({ headers, routeOptions }: FastifyRequest): number => {
  const { bodyLimit } = routeOptions
  const length = Number(headers['content-length'])
  const isPlain = headers['content-encoding'] === undefined && Number.isInteger(length)
  return isPlain ? Math.min(length, bodyLimit) : bodyLimit
}

/**
 * Sets room aside for the body of a request that is not yet read, until its answer has gone. Returns AppError `overloaded`
 * when there is none.
 */
export type BodyBudget = (request: FastifyRequest, reply: FastifyReply) => AppError | undefined

/** Bounds the memory of all requests in hand that share this budget. */
export const createBodyBudget = (bytesMax: number): BodyBudget => {
  let inHandBytes = 0
  return (request, reply) => {
    // Whoever has gone already closes no second time: the room would be set aside for ever.
    if (reply.raw.closed) return undefined
    const bytes = bytesToExpect(request)
    if (inHandBytes + bytes > bytesMax) {
      return new AppError('overloaded', 'More is coming in than can be held. Send it again in a few seconds.')
    }
    inHandBytes += bytes
    reply.raw.once('close', () => {
      inHandBytes -= bytes
    })
    return undefined
  }
}
