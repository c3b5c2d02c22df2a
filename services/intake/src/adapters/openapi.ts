import { KINDS, Problem, ReportAccepted, reportSchemas, ReportsAnswer } from '@baqylau/contracts'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'

const ref = (name: string) => ({ $ref: `${name}#` })

const addComponents = (server: FastifyInstance): void => {
  for (const [name, schema] of Object.entries({ ...reportSchemas, ReportAccepted, ReportsAnswer, Problem })) {
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
}

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
        description:
          'Takes reports, and answers once they are in the event log. Sending the same report again is the same report. Not yet for real reporters.',
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

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ref('Problem') } },
})

const EXAMPLE = {
  kind: 'press_seizure',
  language: 'ru',
  occurred: { from: '2005-10-19', precision: 'day' },
  place: { text: 'Алматы' },
  confidentiality: 'restricted',
  synthetic: true,
  details: { outlet: 'Свобода слова', issueNumber: '33', copiesSeized: 50_000, copiesPrinted: 100_000 },
}

/** `POST /v1/reports` as it is described. It is not checked by this: a fault of one report must not refuse the others. */
export const submitReportsSchema = {
  operationId: 'submitReports',
  tags: ['reports'],
  summary: 'Submit one report, or several',
  description:
    'One report, an array of up to 500, or up to 5,000 lines of NDJSON; up to 2 MiB, unpacked. Several are answered one by one, in order; `index` counts from 0 and leaves out blank lines. The exception is 503, one answer to all of them: none was accepted. Without a `reportId`, one is made from author and content. UUIDs are answered in lower case.',
  security: [{ key: [] }],
  body: {
    content: {
      'application/json': {
        schema: {
          oneOf: [ref('Report'), { type: 'array', items: ref('Report'), minItems: 1, maxItems: 500 }],
          examples: [EXAMPLE],
        },
      },
      'application/x-ndjson': { schema: ref('Report') },
    },
  },
  response: {
    202: {
      description: 'The report is in the event log.',
      content: { 'application/json': { schema: ref('ReportAccepted') } },
    },
    207: {
      description: 'What became of each of several reports.',
      content: { 'application/json': { schema: ref('ReportsAnswer') } },
    },
    400: problem('Not JSON, no report, not a report by its form, or not revision 1.'),
    401: problem('No key, or none that holds.'),
    403: problem('The key has another role.'),
    413: problem('Too large, or too many reports.'),
    415: problem('Another content type or encoding.'),
    503: problem(
      'The event log cannot be written now, or too much is coming in. `Retry-After` says when to send it again. Several reports are answered so as a whole when none of them was accepted; where at least one was, it is 207, with a 503 at each that could not be written. Sending all of them again is harmless.',
    ),
  },
}
