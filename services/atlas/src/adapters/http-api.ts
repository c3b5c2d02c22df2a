import accepts from '@fastify/accepts'
import {
  AkimatsDailyAnswer,
  Problem,
  PROBLEM_MEDIA_TYPE,
  ReceiptAnswer,
  ReportHistory,
  ReportsPage,
  Uuid,
} from '@baqylau/contracts'
import { type KeyRing, refuseOtherMethods, requireRole } from '@baqylau/service-kit'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import type { Atlas } from '../app.ts'
import { dailyCsv } from '../domain/daily-csv.ts'
import {
  DailyQuery,
  filterOf,
  HISTORY_DEFAULT,
  HistoryQuery,
  REPORTS_DEFAULT,
  ReportsQuery,
} from './http-queries.ts'

export interface ApiOptions {
  readonly atlas: Atlas
  readonly keys: KeyRing
  readonly limitLookups: onRequestAsyncHookHandler
}

/** Answers with the table as a file. */
export const sendDailyCsv = async (
  reply: FastifyReply,
  { days }: AkimatsDailyAnswer,
): Promise<FastifyReply> =>
  reply
    .type('text/csv; charset=utf-8; header=present')
    .header('content-disposition', 'attachment; filename="akimats-daily.csv"')
    .send(dailyCsv(days))

/** As `format` says, else as `Accept` does; JSON when it likes both equally, or neither. */
const wantsCsv = (request: FastifyRequest, format: string | undefined): boolean =>
  (format ?? request.accepts().type(['json', 'csv'])) === 'csv'

const DAILY = '/v1/akimats/daily'
const REPORTS = '/v1/reports'
const HISTORY = '/v1/reports/:reportId/history'
const RECEIPT = '/v1/receipts/:receipt'

const secured = [{ bearer: [] }]
const problem = (description: string) => ({
  description,
  content: { [PROBLEM_MEDIA_TYPE]: { schema: Problem } },
})
const problems = {
  '4xx': problem('The question, the key or the sender is at fault.'),
  '5xx': problem('It cannot be answered now. `Retry-After` says when to ask again.'),
}

const addAnalystRoutes = (server: FastifyInstance, { atlas, keys }: ApiOptions): void => {
  const preHandler = requireRole(keys, ['analyst', 'operator'])
  server.get<{ Querystring: DailyQuery }>(
    DAILY,
    {
      preHandler,
      schema: {
        summary: 'Reports and incidents by akimat, day, kind and precision',
        description:
          'Also as CSV. An incident counts once, on its first day, so that sums are right. `regionCode` is "" for what could not be placed.',
        security: secured,
        querystring: DailyQuery,
        response: {
          200: {
            description: 'All days that match.',
            content: {
              'application/json': { schema: AkimatsDailyAnswer },
              'text/csv': { schema: Type.String() },
            },
          },
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const answer = await atlas.daily(filterOf(request.query))
      reply.header('vary', 'accept')
      return wantsCsv(request, request.query.format) ? sendDailyCsv(reply, answer) : reply.send(answer)
    },
  )
  server.get<{ Querystring: ReportsQuery }>(
    REPORTS,
    {
      preHandler,
      schema: {
        summary: 'Reports as they stand, the latest received first',
        description:
          'Page by page: `next` is the cursor of the following one. Narrative and coordinates are null unless the report is public. `regionNames` go by `regions`.',
        security: secured,
        querystring: ReportsQuery,
        response: { 200: ReportsPage, ...problems },
      },
    },
    async ({ query }) => atlas.reports(filterOf(query), query.cursor, query.limit ?? REPORTS_DEFAULT),
  )
}

const HistoryParameters = Type.Object({ reportId: Uuid })

const addHistoryRoute = (server: FastifyInstance, { atlas, keys }: ApiOptions): void => {
  server.get<{ Params: { reportId: string }; Querystring: HistoryQuery }>(
    HISTORY,
    {
      preHandler: requireRole(keys, ['analyst', 'operator']),
      schema: {
        summary: 'Every event of a report id, with its position in the log and the key that sent it',
        description:
          'By version, then position, page by page: `next` is the cursor of the following one. Of all authors under this id: `authorMark` tells them apart. An event that was sent or written twice is there at both positions. No content.',
        security: secured,
        params: HistoryParameters,
        querystring: HistoryQuery,
        response: { 200: ReportHistory, ...problems },
      },
    },
    async ({ params, query }) => atlas.history(params.reportId, query.cursor, query.limit ?? HISTORY_DEFAULT),
  )
}

const ReceiptParameters = Type.Object({ receipt: Type.String({ minLength: 1, maxLength: 100 }) })

/** What can be asked of atlas by machines: everything under /v1. A session's cookie is never looked at here. */
export const addApi = async (server: FastifyInstance, options: ApiOptions): Promise<void> => {
  await server.register(accepts)
  await server.register((api, _options, done) => {
    api.addHook('onRequest', (_request, reply, proceed) => {
      reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff')
      proceed()
    })
    addAnalystRoutes(api, options)
    addHistoryRoute(api, options)
    api.get<{ Params: { receipt: string } }>(
      RECEIPT,
      {
        onRequest: options.limitLookups,
        schema: {
          summary: 'What became of a report, for whoever holds its receipt',
          description: 'Takes no key, and tells nothing else. Limited per address.',
          params: ReceiptParameters,
          response: { 200: ReceiptAnswer, ...problems },
        },
      },
      async ({ params }) => options.atlas.receipt(params.receipt),
    )
    for (const url of [DAILY, REPORTS, HISTORY, RECEIPT]) refuseOtherMethods(api, url, ['GET', 'HEAD'])
    done()
  })
}
