import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { EXCEPTION_CODES, RequestRefused } from './exception.ts'

/** Somebody who may ask. */
export interface User {
  readonly name: string
  readonly password: string
  /** `reading`: no statement that changes data, tables or files. */
  readonly access: 'everything' | 'reading'
}

interface Credentials {
  readonly name: string
  readonly password: string
}

/**
 * Who asks: by the headers X-ClickHouse-User and X-ClickHouse-Key, else by Basic authentication, else by `user`
 * and `password` in the URL.
 *
 * @throws RequestRefused (516), the same for a wrong name as for a wrong password.
 */
export function authenticate(
  users: readonly User[],
  headers: IncomingHttpHeaders,
  url: URLSearchParams,
): User {
  const { name, password } = readHeaders(headers) ?? readBasic(headers.authorization) ?? readUrl(url)
  const user = users.find((candidate) => candidate.name === name)
  // Compared also when there is no such user, so that the time taken does not tell.
  const matches = isSame(password, user?.password ?? '')
  if (user !== undefined && matches) return user
  throw new RequestRefused(
    EXCEPTION_CODES.authenticationFailed,
    `${name}: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)`,
  )
}

function readHeaders(headers: IncomingHttpHeaders): Credentials | undefined {
  const name = headers['x-clickhouse-user']
  const password = headers['x-clickhouse-key']
  if (name === undefined && password === undefined) return undefined
  return { name: String(name ?? 'default'), password: String(password ?? '') }
}

function readBasic(header: string | undefined): Credentials | undefined {
  const encoded = /^Basic (.+)$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const decoded = Buffer.from(encoded, 'base64').toString()
  const colon = decoded.indexOf(':')
  if (colon < 0) return { name: decoded, password: '' }
  return { name: decoded.slice(0, colon), password: decoded.slice(colon + 1) }
}

function readUrl(url: URLSearchParams): Credentials {
  return { name: url.get('user') ?? 'default', password: url.get('password') ?? '' }
}

function isSame(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(left), digest(right))
}
