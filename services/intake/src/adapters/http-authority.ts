import { AppError, compile, type ReceiptKeys, Uuid } from '@baqylau/contracts'
import { identityOf } from '@baqylau/service-kit'
import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import type { Sender } from '../domain/acceptance.ts'
import { AUTHOR_HEADER, decideAuthor, RECEIPT_HEADER } from '../domain/authority.ts'

/** Whose report a request may change, and which. */
export interface Authority {
  readonly sender: Sender
  /** In lower case. */
  readonly reportId: string
}

const authorities = new WeakMap<FastifyRequest, Authority>()

/** The authority that `requireAuthority` found for this request. */
export const authorityOf = (request: FastifyRequest): Authority => {
  const authority = authorities.get(request)
  if (authority === undefined) throw new TypeError('this route has no requireAuthority')
  return authority
}

const uuid = compile(Uuid)

const reportIdOf = (request: FastifyRequest): string => {
  const { reportId } = request.params as { readonly reportId?: unknown }
  if (uuid.Check(reportId)) return reportId.toLowerCase()
  throw new AppError('invalid_request', 'The address ends with the id of a report, a UUID.', {
    faults: [{ path: '/reportId', message: 'must be a UUID' }],
  })
}

/** Two headers of one name would be run together into one value that nobody sent. */
const headerOf = (request: FastifyRequest, name: string): string | undefined => {
  const values = request.raw.headersDistinct[name.toLowerCase()] ?? []
  if (values.length > 1)
    throw new AppError('invalid_request', `Send the header ${name} once.`, {
      faults: [{ path: `/${name}`, message: 'must be there once' }],
    })
  return values[0]
}

/** `subject` is of the key itself; `Baqylau-Author` names another author. */
const findAuthority = (request: FastifyRequest, keys: ReceiptKeys): Authority => {
  const { subject, role, keyId } = identityOf(request)
  const reportId = reportIdOf(request)
  const claim = {
    reportId,
    receipt: headerOf(request, RECEIPT_HEADER),
    author: headerOf(request, AUTHOR_HEADER),
  }
  const author = decideAuthor({ subject, actsForOthers: role === 'operator' }, claim, keys)
  if (author instanceof AppError) throw author
  return { reportId, sender: { author, keyId } }
}

/**
 * A hook after `requireRole`, before the body is read: only who may change the report in the address goes on.
 * @throws AppError `invalid_request`, `receipt_missing`, `author_missing`, `invalid_receipt`, `not_your_report`, `forbidden`.
 */
export const requireAuthority =
  (keys: ReceiptKeys): onRequestHookHandler =>
  (request, _reply, done) => {
    try {
      authorities.set(request, findAuthority(request, keys))
      done()
    } catch (error) {
      done(error as AppError)
    }
  }
