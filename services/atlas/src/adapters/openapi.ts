import { FORMAT_MEANINGS } from '@baqylau/contracts'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'

/** Our own files alone; the reader sets the style of elements, which needs 'unsafe-inline' for styles. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Describes every route that is added afterwards, at /openapi.json, and for readers at /docs, without a script from afar. */
export const addOpenApi = async (server: FastifyInstance): Promise<void> => {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Baqylau atlas',
        version: '1',
        description: `What happened, by akimat, when and how often. Errors are RFC 9457 problems. A \`date\` ${FORMAT_MEANINGS['date'] ?? ''}.`,
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    },
  })
  server.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => {
    reply.send(server.swagger())
  })
  await server.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: DOCS_POLICY,
    uiConfig: { layout: 'BaseLayout' },
  })
}
