import { AppError, type ReceiptKeys } from '@baqylau/contracts'
import { identityOf, type KeyRing, refuseOtherMethods, requireRole, sendProblem } from '@baqylau/service-kit'
import compress from '@fastify/compress'
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import type { Intake } from '../app.ts'
import type { Outcome } from '../domain/batch-answer.ts'
import { type Body, readJsonBody, readJsonValue, readNdjsonBody } from '../domain/read-body.ts'
import type { BodyBudget } from './body-budget.ts'
import { authorityOf, requireAuthority } from './http-authority.ts'
import { bytesOf, endUnpackingWithAnswer, mediaTypeOf, requireMediaType } from './http-bodies.ts'
import { amendReportSchema, retractReportSchema, submitReportsSchema } from './openapi-routes.ts'

const readers: Readonly<Record<string, (bytes: Uint8Array) => Body>> = {
  'application/json': readJsonBody,
  'application/x-ndjson': readNdjsonBody,
}

const readBody = (request: FastifyRequest): Body => {
  const read = readers[mediaTypeOf(request)] ?? readJsonBody
  return read(bytesOf(request))
}

const sendAnswer = async (
  reply: FastifyReply,
  answer: object,
  status: 202 | 207 = 202,
): Promise<FastifyReply> => {
  if (!(answer instanceof AppError)) return reply.code(status).send(answer)
  await sendProblem(reply, answer)
  return reply
}

const submitReports = (intake: Intake) => async (request: FastifyRequest, reply: FastifyReply) => {
  const { subject: author, keyId } = identityOf(request)
  const body = readBody(request)
  return body.shape === 'one'
    ? sendAnswer(reply, await intake.submit(body.value, { author, keyId }))
    : sendAnswer(reply, await intake.submitAll(body.items, { author, keyId }), 207)
}

const changeReport =
  (change: Intake['amend'] | Intake['retract']) => async (request: FastifyRequest, reply: FastifyReply) => {
    const { sender, reportId } = authorityOf(request)
    const outcome: Outcome = await change({ reportId, body: readJsonValue(bytesOf(request)) }, sender)
    return sendAnswer(reply, outcome)
  }

export interface HttpApiParts {
  readonly intake: Intake
  readonly keys: KeyRing
  readonly receiptKeys: ReceiptKeys
  readonly budget: BodyBudget
}

/** It is read as bytes: our readers check each report for itself. */
const leaveUnchecked = () => (value: unknown) => ({ value })

/** What is done with a body, whoever sends it: told who may not send before it is read, bounded, and unpacked. */
const bodyRoute = (
  { keys, budget }: HttpApiParts,
  mediaTypes: readonly string[],
  authority: readonly onRequestHookHandler[] = [],
) => ({
  validatorCompiler: leaveUnchecked,
  onRequest: [
    requireRole(keys, ['field', 'operator']),
    ...authority,
    requireMediaType(mediaTypes),
    ((request, reply, done) => done(budget(request, reply))) satisfies onRequestHookHandler,
  ],
  preParsing: endUnpackingWithAnswer,
})

const REPORTS = '/v1/reports'
const ONE_REPORT = '/v1/reports/:reportId'

/** `POST /v1/reports`, and `PUT` and `DELETE` of one report. */
export const addHttpApi = async (server: FastifyInstance, parts: HttpApiParts): Promise<void> => {
  await server.register(compress, { globalCompression: false, globalDecompression: true })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(Object.keys(readers), { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )
  const { intake } = parts
  server.route({
    method: 'POST',
    url: REPORTS,
    schema: submitReportsSchema,
    ...bodyRoute(parts, Object.keys(readers)),
    handler: submitReports(intake),
  })
  refuseOtherMethods(server, REPORTS, ['POST'])
  const ofOneReport = bodyRoute(parts, ['application/json'], [requireAuthority(parts.receiptKeys)])
  server.route({
    method: 'PUT',
    url: ONE_REPORT,
    schema: amendReportSchema,
    ...ofOneReport,
    handler: changeReport(intake.amend),
  })
  server.route({
    method: 'DELETE',
    url: ONE_REPORT,
    schema: retractReportSchema,
    ...ofOneReport,
    handler: changeReport(intake.retract),
  })
  refuseOtherMethods(server, ONE_REPORT, ['PUT', 'DELETE'])
}
