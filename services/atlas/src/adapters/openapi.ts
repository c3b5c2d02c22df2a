import swagger from '@fastify/swagger'
import { fastify, type FastifyInstance } from 'fastify'

const openDocs = async (): Promise<FastifyInstance> => {
  const { default: reference } = await import('@scalar/fastify-api-reference')
  const docs = fastify({ logger: false })
  await docs.register(reference, {
    routePrefix: '/docs',
    configuration: { url: '/openapi.json', withDefaultFonts: false, telemetry: false },
  })
  return docs
}

/** The reader of the documentation, with its script, is 26 MB in memory: it is loaded when somebody first reads. */
const addDocs = (server: FastifyInstance): void => {
  let opened: Promise<FastifyInstance> | undefined
  const schema = { hide: true }
  server.get('/docs', { schema }, async (_request, reply) => reply.redirect('/docs/', 301))
  server.get('/docs/*', { schema }, async (request, reply) => {
    opened ??= openDocs()
    const docs = await opened
    const { statusCode, headers, rawPayload } = await docs.inject(request.url)
    return reply
      .code(statusCode)
      .type(headers['content-type'] ?? 'text/html')
      .send(rawPayload)
  })
}

/** Describes every route that is added afterwards, at /openapi.json, and for readers at /docs, without a script from afar. */
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
  addDocs(server)
}
