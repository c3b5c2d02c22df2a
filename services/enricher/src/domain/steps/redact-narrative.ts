import { findPhoneNumbersInText } from 'libphonenumber-js'
import type { Step } from '../step.ts'

const EMAIL = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu
/** A number of 12 digits is taken for an individual identification number (ИИН), whether its check digit is right or not. */
const IDENTITY_NUMBER = /(?<!\d)\d{12}(?!\d)/g
/** National writing: 8 or +7, then ten digits, however they are spaced. The library leaves out what it deems unassigned. */
const NATIONAL_PHONE = /(?<!\d)(?:\+?7|8)(?:[\s().\u2010-\u2015-]{0,3}\d){10}(?!\d)/g
const HAS_DIGITS = /\d{2}/

const redactPhones = (text: string): string => {
  if (!HAS_DIGITS.test(text)) return text
  const national = text.replace(NATIONAL_PHONE, '[phone]')
  return findPhoneNumbersInText(national, { defaultCountry: 'KZ' })
    .toReversed()
    .reduce(
      (result, { startsAt, endsAt }) => `${result.slice(0, startsAt)}[phone]${result.slice(endsAt)}`,
      national,
    )
}

/** `text` without e-mail addresses, identity numbers and telephone numbers. Rather too much is taken out than too little. */
export const redact = (text: string): string =>
  redactPhones(text.replace(EMAIL, '[e-mail]').replace(IDENTITY_NUMBER, '[identity number]'))

export const redactNarrative: Step = {
  name: 'redact-narrative',
  run: ({ narrative }) => (narrative === undefined ? {} : { narrativeRedacted: redact(narrative) }),
}
