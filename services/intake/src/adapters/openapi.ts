import {
  FirstRevision,
  FORMAT_MEANINGS,
  KINDS,
  LaterRevision,
  Problem,
  ReportAccepted,
  reportSchemas,
  ReportsAnswer,
  RetractReport,
} from '@baqylau/contracts'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'

/** A component by its name. */
export const ref = (name: string) => ({ $ref: `${name}#` })

const components = { ...reportSchemas, RetractReport, ReportAccepted, ReportsAnswer, Problem }

const addComponents = (server: FastifyInstance): void => {
  for (const [name, schema] of Object.entries(components)) {
    server.addSchema({ ...schema, $id: name })
  }
  server.addSchema({
    $id: 'Report',
    title: 'Report',
    description: 'One report, of any kind.',
    oneOf: KINDS.map(ref),
    discriminator: {
      propertyName: 'kind',
      mapping: Object.fromEntries(KINDS.map((kind) => [kind, `#/components/schemas/${kind}`])),
    },
  })
  server.addSchema({
    $id: 'SubmitReport',
    title: 'SubmitReport',
    description: 'A report as it is first sent.',
    allOf: [ref('Report'), { type: 'object', properties: { revision: FirstRevision } }],
  })
  server.addSchema({
    $id: 'AmendReport',
    title: 'AmendReport',
    description: 'A later revision of a report, whole.',
    allOf: [
      ref('Report'),
      { type: 'object', required: ['revision'], properties: { revision: LaterRevision } },
    ],
  })
}

const formats = Object.entries(FORMAT_MEANINGS)
  .map(([name, meaning]) => `- \`${name}\`: ${meaning}`)
  .join('\n')

/** Our own files alone; the reader sets the style of elements, which needs 'unsafe-inline' for styles. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** `/openapi.json` describes the routes that are added after this; `/docs` shows it to people, with files of our own. */
export const addOpenApi = async (server: FastifyInstance): Promise<void> => {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Baqylau: intake',
        version: '1',
        description: `Takes reports, and answers once they are in the event log. Sending the same report again is the same report. Not yet for real reporters.\n\nLengths of text are counted in UTF-16 code units. Its formats:\n${formats}`,
      },
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: 'A key of the role field or operator.' },
        },
      },
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) =>
        typeof json['$id'] === 'string' ? json['$id'] : `schema-${index}`,
    },
  })
  addComponents(server)
  server.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => reply.send(server.swagger()))
  await server.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: DOCS_POLICY,
    uiConfig: { layout: 'BaseLayout' },
  })
}
