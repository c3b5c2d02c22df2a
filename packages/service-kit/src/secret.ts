import { hkdfSync, randomBytes } from 'node:crypto'
import { AppError, type ReceiptKeys } from '@baqylau/contracts'
import { readConfiguredFile } from './config.ts'

const SECRET_BYTES = 32
/** What keys are derived for. A purpose's name is part of its key: it never changes. */
const PURPOSES = ['receipt-proof', 'receipt-check', 'content-hash', 'queue-sealing', 'sessions'] as const
type Purpose = (typeof PURPOSES)[number]

export interface DeploymentKeys {
  readonly receipts: ReceiptKeys
  readonly contentHash: Uint8Array
  readonly queueSealing: Uint8Array
  readonly sessions: Uint8Array
}

/** A new deployment secret, in hexadecimal. It must be kept as long as the log. */
export const newSecret = (): string => randomBytes(SECRET_BYTES).toString('hex')

/** From one secret, a key of 32 bytes for each purpose (HKDF-SHA-256, RFC 5869). */
export const deriveKeys = (secretHex: string): DeploymentKeys => {
  const secret = Buffer.from(secretHex, 'hex')
  const keyFor = (purpose: Purpose): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', secret, Buffer.alloc(0), `baqylau ${purpose}`, 32))
  return {
    receipts: { proof: keyFor('receipt-proof'), check: keyFor('receipt-check') },
    contentHash: keyFor('content-hash'),
    queueSealing: keyFor('queue-sealing'),
    sessions: keyFor('sessions'),
  }
}

/** The keys of the deployment from `SECRET_FILE`: 64 hexadecimal digits. @throws AppError `invalid_configuration`. */
export const readKeys = (file: string): DeploymentKeys => {
  const secret = readConfiguredFile('SECRET_FILE', file).trim()
  if (!/^[0-9a-f]{64}$/i.test(secret)) {
    throw new AppError(
      'invalid_configuration',
      `SECRET_FILE: ${file} must hold 64 hexadecimal digits: make it with "baqylau keys init".`,
    )
  }
  return deriveKeys(secret)
}
