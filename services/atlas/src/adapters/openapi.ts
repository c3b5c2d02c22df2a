import swagger from '@fastify/swagger'
import reference from '@scalar/fastify-api-reference'
import type { FastifyInstance } from 'fastify'

/** Describes every route that is added afterwards, at /openapi.json, and for readers at /docs (its script is served here). */
export const addOpenApi = async (server: FastifyInstance): Promise<void> => {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Baqylau atlas',
        version: '1',
        description: 'What happened, by akimat, when and how often. Errors are RFC 9457 problems.',
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    },
  })
  server.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => {
    reply.send(server.swagger())
  })
  await server.register(reference, {
    routePrefix: '/docs',
    configuration: { url: '/openapi.json', withDefaultFonts: false, telemetry: false },
  })
}
