import rateLimit from '@fastify/rate-limit'
import { AppError } from '@baqylau/contracts'
import type { FastifyInstance } from 'fastify'

/** Addresses that are remembered; past it, the longest unseen is forgotten. */
const ADDRESSES_MAX = 10_000
const WINDOW_MS = 60_000

/** Bounds, per address, the routes of this scope whose `config` has a `rateLimit`. What is past it is `rate_limited`. */
export const limitLookups = async (scope: FastifyInstance, lookupsPerMinute: number): Promise<void> => {
  await scope.register(rateLimit, {
    global: false,
    max: lookupsPerMinute,
    timeWindow: WINDOW_MS,
    cache: ADDRESSES_MAX,
    errorResponseBuilder: (_request, { after }) =>
      new AppError('rate_limited', `Too many were asked for from this address. Try again in ${after}.`),
  })
  // Only the limiter knows how long its window lasts still.
  scope.addHook('onSend', (_request, reply, _payload, done) => {
    const seconds = reply.getHeader('x-ratelimit-reset')
    if (reply.statusCode === 429 && seconds !== undefined) reply.header('retry-after', seconds)
    done()
  })
}
