import { AppError } from '@baqylau/contracts'
import type { FastifyInstance, HTTPMethods } from 'fastify'

/**
 * Tells every other method of an address which ones there are (405 with `Allow`, RFC 9110, section 15.5.6): before a body
 * is read, and to anybody, since it says nothing that `/openapi.json` does not.
 */
export const refuseOtherMethods = (
  server: FastifyInstance,
  url: string,
  allowed: readonly HTTPMethods[],
): void => {
  server.route({
    method: server.supportedMethods.filter((method) => !allowed.includes(method)),
    url,
    schema: { hide: true },
    onRequest: (_request, reply, done) => {
      reply.header('allow', allowed.join(', '))
      done(new AppError('method_not_allowed', `This address takes ${allowed.join(' and ')} alone.`))
    },
    handler: (_request, reply) => reply.send(),
  })
}
