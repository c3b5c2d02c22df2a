import rateLimit from '@fastify/rate-limit'
import { AppError } from '@baqylau/contracts'
import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'

/** Addresses that are remembered; past it, the longest unseen is forgotten. */
const ADDRESSES_MAX = 10_000
const WINDOW_MS = 60_000

/**
 * A hook that bounds, per address, all routes together that have it as `onRequest`. What is past it is `rate_limited`.
 */
export const createLookupLimit = async (
  server: FastifyInstance,
  lookupsPerMinute: number,
): Promise<onRequestAsyncHookHandler> => {
  await server.register(rateLimit, {
    global: false,
    max: lookupsPerMinute,
    timeWindow: WINDOW_MS,
    cache: ADDRESSES_MAX,
    errorResponseBuilder: (_request, { after }) =>
      new AppError('rate_limited', `Too many were asked for from this address. Try again in ${after}.`),
  })
  // Only the limiter knows how long its window lasts still.
  server.addHook('onSend', (_request, reply, _payload, done) => {
    const seconds = reply.getHeader('x-ratelimit-reset')
    if (reply.statusCode === 429 && seconds !== undefined) reply.header('retry-after', seconds)
    done()
  })
  return server.rateLimit()
}
