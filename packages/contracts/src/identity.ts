import { createHash, createHmac } from 'node:crypto'
import canonicalize from 'canonicalize'
import { v5 as uuidV5 } from 'uuid'

/** The name space (RFC 9562) of everything that Baqylau names by its content. Fixed for ever. */
const NAMESPACE = '7c9d3f52-5b0e-5d0c-9a51-6c1f0f6f2d11'

const uuidOf = (...parts: readonly (string | number)[]): string => uuidV5(JSON.stringify(parts), NAMESPACE)

/**
 * HMAC-SHA-256 over the RFC 8785 form of the body as sent, less `reportId` and `revision`, in hexadecimal. Keyed, because
 * a plain hash would let somebody confirm a guess of an erased report. The key must be kept as long as the log.
 */
export const contentHashOf = (body: Readonly<Record<string, unknown>>, key: Uint8Array): string => {
  const { reportId: _reportId, revision: _revision, ...content } = body
  const canonical = canonicalize(content)
  if (canonical === undefined)
    throw new TypeError('a body that has no canonical JSON form has no content hash')
  return createHmac('sha256', key).update(canonical).digest('hex')
}

/** The id of a report that was sent without one: the same author sending the same content means the same report. */
export const reportIdFor = (author: string, contentHash: string): string =>
  uuidOf('report', author, contentHash)

export interface EventIdParts {
  readonly type: string
  readonly reportId: string
  readonly author: string
  readonly revision: number
  readonly contentHash: string
  /** Only of a `ReportEnriched`. */
  readonly enrichmentVersion?: number
}

/** UUIDv5 of what makes the event: the same request sent twice is the same event. */
export const eventIdOf = ({
  type,
  reportId,
  author,
  revision,
  contentHash,
  enrichmentVersion,
}: EventIdParts): string =>
  enrichmentVersion === undefined
    ? uuidOf(type, reportId, author, revision, contentHash)
    : uuidOf(type, reportId, author, revision, contentHash, enrichmentVersion)

/** SHA-256 of a receipt in its plain form: what the log and ClickHouse know of it. 80 of its bits are an HMAC's. */
export const receiptHashOf = (receipt: string): string => createHash('sha256').update(receipt).digest('hex')
