export const PAGE_LANGUAGES = ['kk', 'ru', 'en'] as const
export type PageLanguage = (typeof PAGE_LANGUAGES)[number]

const known = (word: string | undefined): PageLanguage | undefined =>
  PAGE_LANGUAGES.find((language) => language === word?.trim().slice(0, 2).toLowerCase())

/** `q` of a part of Accept-Language (RFC 9110, 12.5.4), 1 when it says none. */
const weightOf = (part: string): number => Number(/;\s*q=([\d.]+)/.exec(part)?.[1] ?? 1)

/** The language that was asked for by name, or else the browser's first of ours, or else English. */
export const pickLanguage = (asked: string | undefined, acceptLanguage: string | undefined): PageLanguage => {
  const accepted = (acceptLanguage ?? '')
    .slice(0, 500)
    .split(',')
    .toSorted((one, other) => weightOf(other) - weightOf(one))
    .map((part) => known(part))
    .find((language) => language !== undefined)
  return known(asked) ?? accepted ?? 'en'
}
