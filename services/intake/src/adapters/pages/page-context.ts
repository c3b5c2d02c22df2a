import { type Kind, KINDS, type ReceiptKeys } from '@baqylau/contracts'
import type { Identity, KeyRing, Role, Sessions } from '@baqylau/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Intake } from '../../app.ts'
import type { Typed } from '../../domain/form/read-form.ts'
import type { IntakeTelemetry } from '../../telemetry.ts'
import { pickLanguage } from '@baqylau/service-kit'
import type { PageFrame } from './layout.ts'
import { messagesIn } from './messages.ts'

export interface PagesParts {
  readonly intake: Intake
  readonly keys: KeyRing
  readonly sessionKey: Uint8Array
  readonly receiptKeys: ReceiptKeys
  readonly telemetry: IntakeTelemetry
  /** The page, on atlas, that says what became of a report. */
  readonly receiptPageUrl: string
}

export interface PageRoutesParts extends PagesParts {
  readonly sessions: Sessions
}

export const REPORTING_ROLES: readonly Role[] = ['field', 'operator']

const queryOf = (request: FastifyRequest): Readonly<Record<string, unknown>> =>
  request.query as Readonly<Record<string, unknown>>

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** The kind of report that a page is asked for, or undefined when there is no such. */
export const kindOf = (request: FastifyRequest): Kind | undefined =>
  KINDS.find((kind) => kind === queryOf(request)['kind'])

export const typedIn = (request: FastifyRequest): Typed =>
  request.body instanceof URLSearchParams ? request.body : new URLSearchParams()

/** Who reports from this device. Another page of the site may have let somebody in who does not report. */
export const reporterOf = async (
  sessions: Sessions,
  request: FastifyRequest,
): Promise<Identity | undefined> => {
  const identity = await sessions.identify(request)
  return identity !== undefined && REPORTING_ROLES.includes(identity.role) ? identity : undefined
}

export const frameOf = (request: FastifyRequest, signedIn: boolean): PageFrame => {
  const language = pickLanguage(textOf(queryOf(request)['lang']), request.headers['accept-language'])
  return { language, messages: messagesIn(language), signedIn }
}

export const sendPage = (reply: FastifyReply, html: string, status = 200): FastifyReply =>
  reply.code(status).type('text/html; charset=utf-8').send(html)

/** On to another page of ours, by GET, in the same language. */
export const goTo = (reply: FastifyReply, path: string, { language }: PageFrame): FastifyReply =>
  reply.redirect(`${path}${path.includes('?') ? '&' : '?'}lang=${language}`, 303)
