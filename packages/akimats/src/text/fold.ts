import anyAscii from 'any-ascii'

/**
 * What spellings of one name have in common: «Қарағанды», Qaraghandy and Karagandy all fold to `karagandi`. Each rule
 * joins letters that people, and the romanisations of Kazakh and Russian, use for one another.
 */
const foldings: readonly (readonly [RegExp, string])[] = [
  [/[^a-z0-9]/g, ''],
  [/dzh|dj/g, 'zh'],
  [/(?<![aeiouy])j/g, 'zh'],
  [/shch/g, 'sh'],
  [/gh/g, 'g'],
  [/q/g, 'k'],
  [/kh|x/g, 'h'],
  [/w/g, 'u'],
  [/[yj]/g, 'i'],
  [/([bcdfghiklmnprstvz])\1+/g, '$1'],
  [/ie/g, 'e'],
]

/** The folded form of one word, in a to z and digits; empty for a word of signs alone. */
export function fold(word: string): string {
  return foldings.reduce(
    (key, [pattern, replacement]) => key.replace(pattern, replacement),
    anyAscii(word).toLowerCase(),
  )
}
