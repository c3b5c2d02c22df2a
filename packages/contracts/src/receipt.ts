import { createHmac, timingSafeEqual } from 'node:crypto'

/** Crockford's base 32: no I, L, O, U, so that it survives handwriting. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const PROOF_LENGTH = 16
const CHECK_LENGTH = 4
const PLAIN = new RegExp(`^[${ALPHABET}]{${PROOF_LENGTH + CHECK_LENGTH}}$`)

/** Two keys of 32 bytes each, derived from the deployment secret. */
export interface ReceiptKeys {
  readonly proof: Uint8Array
  readonly check: Uint8Array
}

const base32 = (bytes: Uint8Array, length: number): string => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return Array.from({ length }, (_, index) =>
    ALPHABET.charAt(Number.parseInt(bits.slice(index * 5, index * 5 + 5), 2)),
  ).join('')
}

const checkOf = (proof: string, key: Uint8Array): string =>
  base32(createHmac('sha256', key).update(proof).digest(), CHECK_LENGTH)

/** The receipt of an author's report, in its plain form: 16 characters of proof and 4 of a keyed check. */
export const makeReceipt = (reportId: string, author: string, keys: ReceiptKeys): string => {
  const proof = base32(
    createHmac('sha256', keys.proof)
      .update(JSON.stringify([reportId, author]))
      .digest(),
    PROOF_LENGTH,
  )
  return proof + checkOf(proof, keys.check)
}

/** As it is written down: four groups of five. */
export const formatReceipt = (plain: string): string => plain.replace(/(.{5})(?=.)/g, '$1-')

/**
 * What somebody typed, in plain form, or undefined when it cannot be a receipt of this deployment (mistyped, or made up).
 * Case, spaces and hyphens do not matter; I and L are read as 1, O as 0.
 */
export const parseReceipt = (typed: string, checkKey: Uint8Array): string | undefined => {
  if (typed.length > 100) return undefined
  const plain = typed.toUpperCase().replace(/[\s-]/g, '').replace(/[IL]/g, '1').replaceAll('O', '0')
  if (!PLAIN.test(plain)) return undefined
  const expected = checkOf(plain.slice(0, PROOF_LENGTH), checkKey)
  const given = plain.slice(PROOF_LENGTH)
  return timingSafeEqual(Buffer.from(expected), Buffer.from(given)) ? plain : undefined
}

/** Is `plain`, in the form that `parseReceipt` gives, the receipt of this author's report? Compared in constant time. */
export const isReceiptOf = (
  plain: string,
  { reportId, author }: { readonly reportId: string; readonly author: string },
  keys: ReceiptKeys,
): boolean => {
  const [expected, given] = [Buffer.from(makeReceipt(reportId, author, keys)), Buffer.from(plain)]
  return expected.byteLength === given.byteLength && timingSafeEqual(expected, given)
}
