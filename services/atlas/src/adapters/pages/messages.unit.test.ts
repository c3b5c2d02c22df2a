import { expect, test } from 'vitest'
import { PAGE_LANGUAGES } from '@baqylau/service-kit'
import { messagesIn } from './messages.ts'

type Texts = Readonly<Record<string, string>>

/** Every text by its path; what is made of a count is made of 7. */
const textsOf = (value: unknown, path = ''): Texts => {
  if (typeof value === 'string') return { [path]: value }
  if (typeof value === 'function') return { [path]: (value as (count: string) => string)('7') }
  const members = Object.entries(value as object)
  return Object.assign({}, ...members.map(([name, member]) => textsOf(member, `${path}/${name}`))) as Texts
}

const texts = Object.fromEntries(PAGE_LANGUAGES.map((language) => [language, textsOf(messagesIn(language))]))
const paths = Object.keys(texts['en'] ?? {})

test('every language says everything, and nothing is left untranslated', () => {
  expect(paths.length).toBeGreaterThan(80)
  for (const language of PAGE_LANGUAGES) {
    expect(Object.keys(texts[language] ?? {}).toSorted()).toEqual(paths.toSorted())
    for (const text of Object.values(texts[language] ?? {})) expect(text.trim()).not.toBe('')
  }
  const untranslated = paths.filter((path) => {
    const said = PAGE_LANGUAGES.map((language) => texts[language]?.[path])
    return new Set(said).size < said.length
  })
  // The titles of the pages are one name, in Kazakh, in both Cyrillic languages.
  expect(untranslated).toEqual(['/title'])
})

test('what is told with a number tells it', () => {
  for (const language of PAGE_LANGUAGES) expect(messagesIn(language).map.offMap('7')).toContain('7')
})
