import { fold } from './fold.ts'

export interface Token {
  /** The word, folded. */
  readonly key: string
  /** Whether only a space, a hyphen or the dot of an abbreviation parts it from the token before. */
  readonly joined: boolean
}

// A place is named in its first words. Bounds the work for a text of any length.
const charactersMax = 2_000

// Abbreviations with a hyphen within, which would fall into two words.
const longForms: readonly (readonly [RegExp, string])[] = [
  [/(?<!\p{L})р-о?н(?!\p{L})/giu, 'район'],
  [/(?<!\p{L})(?:пр-к?т|просп)(?!\p{L})/giu, 'проспект'],
  [/(?<!\p{L})мкр-н(?!\p{L})/giu, 'мкр'],
]

// Names in quotation marks are those of newspapers, hotels and firms.
const quoted = /«[^»]*»|“[^”]*”|„[^“”]*[“”]|"[^"]*"/g

const word = /[\p{L}\p{M}\p{N}]+(?:['’‘ʼ`ʹ][\p{L}\p{M}]+)*/gu

const joint = /^[\s.\-–—‐‑]*$/u
const dash = /\s[–—-]\s/u

/** The words of a text in order, without those in quotation marks (unless there are no others). */
export function tokenize(text: string): readonly Token[] {
  const start = longForms.reduce(
    (expanded, [pattern, replacement]) => expanded.replace(pattern, replacement),
    text.slice(0, charactersMax).normalize('NFC'),
  )
  const unquoted = tokensOf(start.replace(quoted, ' ; '))
  return unquoted.length > 0 ? unquoted : tokensOf(start)
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  let end = 0
  for (const match of text.matchAll(word)) {
    const between = text.slice(end, match.index)
    const key = fold(match[0])
    end = match.index + match[0].length
    if (key !== '')
      tokens.push({ key, joined: tokens.length > 0 && joint.test(between) && !dash.test(between) })
  }
  return tokens
}
