import { AppError, Author, compile, isReceiptOf, parseReceipt, type ReceiptKeys } from '@baqylau/contracts'

/** The headers that say whose report a request is of. */
export const RECEIPT_HEADER = 'Baqylau-Receipt'
export const AUTHOR_HEADER = 'Baqylau-Author'

/** Whose key a request has. */
export interface Speaker {
  readonly subject: string
  /** An operator's key speaks for any author whom it names, and needs no receipt. */
  readonly actsForOthers: boolean
}

/** Whose report a request claims to be of, as its headers say. */
export interface Claim {
  /** In lower case. */
  readonly reportId: string
  readonly receipt: string | undefined
  /** Percent-encoded. */
  readonly author: string | undefined
}

const author = compile(Author)
/** A header is ASCII. Others' bytes would be read as letters of Latin-1, and so as another author. */
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/

const decode = (text: string): string | undefined => {
  try {
    return PRINTABLE_ASCII.test(text) ? decodeURIComponent(text) : undefined
  } catch {
    return undefined
  }
}

const readAuthor = (text: string): string | AppError => {
  const decoded = decode(text)
  return author.Check(decoded)
    ? decoded
    : new AppError(
        'invalid_request',
        `${AUTHOR_HEADER} is no subject of a key: one line of up to 100 characters, percent-encoded as UTF-8.`,
        { faults: [{ path: `/${AUTHOR_HEADER}`, message: 'must be one line, percent-encoded as UTF-8' }] },
      )
}

const checkReceipt = (
  typed: string,
  of: { readonly reportId: string; readonly author: string },
  keys: ReceiptKeys,
): AppError | undefined => {
  const receipt = parseReceipt(typed, keys.check)
  if (receipt === undefined) {
    return new AppError(
      'invalid_receipt',
      `${RECEIPT_HEADER} has 20 letters and digits, in groups of five. Compare yours with what was written down.`,
    )
  }
  return isReceiptOf(receipt, of, keys)
    ? undefined
    : new AppError('not_your_report', 'This receipt is not the one of this report and this author.')
}

/**
 * An operator who names nobody means the report that it knows, which is hardly its own: taken for the operator, the change
 * would be of another report under the same id, and leave the one that was meant as it is.
 */
const refuseWithoutReceipt = (speaker: Speaker): AppError =>
  speaker.actsForOthers
    ? new AppError(
        'author_missing',
        `Name the author of the report in the header ${AUTHOR_HEADER}; for a report of your own, name yourself.`,
      )
    : new AppError('receipt_missing', `Send the receipt of the report in the header ${RECEIPT_HEADER}.`)

/**
 * Decides for which author a request may change this report: the key's own subject, with the report's receipt; an operator
 * for whom it names, with no receipt or the right one. Nobody else, whatever report id they know.
 */
export const decideAuthor = (speaker: Speaker, claim: Claim, keys: ReceiptKeys): string | AppError => {
  const named = claim.author === undefined ? speaker.subject : readAuthor(claim.author)
  if (named instanceof AppError) return named
  if (named !== speaker.subject && !speaker.actsForOthers)
    return new AppError('forbidden', 'Only a key of the role operator may act for another author.')
  if (claim.receipt === undefined)
    return speaker.actsForOthers && claim.author !== undefined ? named : refuseWithoutReceipt(speaker)
  return checkReceipt(claim.receipt, { reportId: claim.reportId, author: named }, keys) ?? named
}
