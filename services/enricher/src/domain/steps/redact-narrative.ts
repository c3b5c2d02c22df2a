import { findPhoneNumbersInText } from 'libphonenumber-js'
import type { Step } from '../step.ts'

/** What an address may be made of: looked at as a whole, and once, since a narrative may be one word of 20,000 letters. */
const ADDRESS_CHARACTERS = /[\p{L}\p{N}._%+@-]+/gu
const HAS_ADDRESS = /[^@]@[^@]+\.[\p{L}\p{N}]/u
const END_OF_SENTENCE = /[^\p{L}\p{N}]*$/u
/**
 * Twelve digits, together or in groups of six or four, are taken for an individual identification number (ИИН), whether its
 * check digit is right or not. Groups of three are sums of money.
 */
const IDENTITY_NUMBER = /(?<!\d)(?:\d{12}|\d{6}[\s-]\d{6}|\d{4}[\s-]\d{4}[\s-]\d{4})(?!\d)/g
/** After its name (individual, taxpayer's or business number, in three languages), however it is spaced. */
const NAMED_NUMBER = /((?:ИИН|ЖСН|IIN|РНН|СТН|RNN|БИН|БСН|BIN)[^\p{L}\p{N}]{0,5})\d(?:[\s-]?\d){11}(?!\d)/giu
/** National writing: 8 or +7, then ten digits, however they are spaced. The library leaves out what it deems unassigned. */
const NATIONAL_PHONE = /(?<!\d)(?:\+?7|8)(?:[\s().\u2010-\u2015-]{0,3}\d){10}(?!\d)/g
const HAS_DIGITS = /\d{2}/

const redactAddresses = (text: string): string =>
  text.replace(ADDRESS_CHARACTERS, (word) =>
    HAS_ADDRESS.test(word) ? `[e-mail]${END_OF_SENTENCE.exec(word)?.[0] ?? ''}` : word,
  )

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
  redactPhones(
    redactAddresses(text)
      .replace(NAMED_NUMBER, '$1[identity number]')
      .replace(IDENTITY_NUMBER, '[identity number]'),
  )

export const redactNarrative: Step = {
  name: 'redact-narrative',
  run: ({ narrative }) => (narrative === undefined ? {} : { narrativeRedacted: redact(narrative) }),
}
