import { AppError } from '@baqylau/contracts'
import type { FastifyRequest, preHandlerAsyncHookHandler } from 'fastify'
import type { Identity, KeyRing, Role } from './access-keys.ts'

const BEARER = /^Bearer ([A-Za-z0-9_.~+/=-]{1,200})$/i
const identities = new WeakMap<FastifyRequest, Identity>()

/** The identity that `requireRole` found for this request. */
export const identityOf = (request: FastifyRequest): Identity => {
  const identity = identities.get(request)
  if (identity === undefined) throw new TypeError('this route has no requireRole')
  return identity
}

/**
 * A hook that lets only keys of these roles pass: `Authorization: Bearer <key>`. A cookie is never looked at.
 * @throws AppError `unauthenticated` (no key, or none that holds), `forbidden` (another role).
 */
export const requireRole =
  (keys: KeyRing, roles: readonly Role[]): preHandlerAsyncHookHandler =>
  (request, reply) => {
    const key = BEARER.exec(request.headers.authorization ?? '')?.[1]
    const identity = key === undefined ? undefined : keys.byKey(key)
    if (identity === undefined) {
      reply.header('www-authenticate', 'Bearer realm="baqylau"')
      const detail =
        key === undefined
          ? 'Send Authorization: Bearer <key>.'
          : 'This key is not known here, or has expired.'
      return Promise.reject(new AppError('unauthenticated', detail))
    }
    if (!roles.includes(identity.role)) {
      return Promise.reject(
        new AppError(
          'forbidden',
          `This takes a key of the role ${roles.join(' or ')}; this one has ${identity.role}.`,
        ),
      )
    }
    identities.set(request, identity)
    return Promise.resolve()
  }
