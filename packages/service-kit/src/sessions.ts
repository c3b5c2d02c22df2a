import cookie from '@fastify/cookie'
import { AppError } from '@baqylau/contracts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { jwtVerify, SignJWT } from 'jose'
import type { Identity, KeyRing, Role } from './access-keys.ts'

const SESSION_SECONDS = 8 * 60 * 60
const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]'])

export interface Sessions {
  /** The identity behind the request's session, or undefined: none, ended, or its key has. */
  readonly identify: (request: FastifyRequest) => Promise<Identity | undefined>
  /** Starts a session for a key of one of these roles; undefined when the key is not one. */
  readonly begin: (
    key: string,
    roles: readonly Role[],
    request: FastifyRequest,
    reply: FastifyReply,
  ) => Promise<Identity | undefined>
  readonly end: (reply: FastifyReply) => void
}

/**
 * Refuses a form that was not sent from this site's own pages (CSRF).
 * @throws AppError `forbidden`.
 */
export const checkOrigin = (request: FastifyRequest): void => {
  const from = request.headers.origin ?? request.headers.referer
  const host = from !== undefined && URL.canParse(from) ? new URL(from).host : undefined
  if (host !== request.headers.host) {
    throw new AppError(
      'forbidden',
      'This form was not sent from this site. Open the page anew, and send it from there.',
    )
  }
}

/**
 * Is the site asked for under a name of this machine alone? Cookies are Secure anywhere else: behind a proxy that ends TLS,
 * the request itself does not show that the browser came over it.
 */
export const isForLocalHost = (request: FastifyRequest): boolean =>
  LOCAL_HOSTS.has((request.headers.host ?? '').replace(/:\d+$/, ''))

export interface SessionsOptions {
  /** Names the cookie. Browsers send cookies to every port of a host: the sessions of two services there must not meet. */
  readonly service: string
  readonly keys: KeyRing
  readonly signingKey: Uint8Array
}

/**
 * Sessions of pages, 8 hours each: a signed cookie that names a key. HttpOnly, SameSite=Strict, Secure off localhost. It is
 * for pages alone: nothing under /v1 looks at it.
 */
export const createSessions = async (
  server: FastifyInstance,
  { service, keys, signingKey }: SessionsOptions,
): Promise<Sessions> => {
  await server.register(cookie)
  const name = `baqylau_${service}_session`
  const options = (request: FastifyRequest) => ({
    path: '/',
    httpOnly: true,
    sameSite: 'strict' as const,
    secure: !isForLocalHost(request),
    maxAge: SESSION_SECONDS,
  })
  return {
    identify: async (request) => {
      const token = request.cookies[name]
      if (token === undefined) return undefined
      try {
        const { payload } = await jwtVerify(token, signingKey, { algorithms: ['HS256'], audience: service })
        return payload.sub === undefined ? undefined : keys.byId(payload.sub)
      } catch {
        return undefined
      }
    },
    begin: async (key, roles, request, reply) => {
      const identity = keys.byKey(key.trim())
      if (identity === undefined || !roles.includes(identity.role)) return undefined
      const token = await new SignJWT()
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(identity.keyId)
        .setAudience(service)
        .setIssuedAt()
        .setExpirationTime(`${SESSION_SECONDS}s`)
        .sign(signingKey)
      reply.setCookie(name, token, options(request))
      return identity
    },
    end: (reply) => {
      reply.clearCookie(name, { path: '/' })
    },
  }
}
