import { KINDS } from '@baqylau/contracts'
import { describe, expect, it } from 'vitest'
import { type Field, fieldsOf, sectionsOf } from '../../domain/form/form-model.ts'
import { PAGE_LANGUAGES, pickLanguage } from '@baqylau/service-kit'
import { messagesIn } from './messages.ts'

const sections = KINDS.flatMap((kind) => sectionsOf(kind))
const fields: readonly Field[] = fieldsOf(sections)
const keys = (object: object): readonly string[] => Object.keys(object).toSorted()
const unique = (names: readonly string[]): readonly string[] => [...new Set(names)].toSorted()

/** Every text, by where it stands; of a function, what it makes of the numbers it is given. */
const textsIn = (messages: unknown, at = ''): readonly (readonly [string, string])[] => {
  if (typeof messages === 'string') return [[at, messages]]
  if (typeof messages === 'function') {
    return [[at, (messages as (...numbers: string[]) => string)('<low>', '<high>')]]
  }
  return Object.entries(messages as object).flatMap(([name, inner]) => textsIn(inner, `${at}/${name}`))
}

describe.each(PAGE_LANGUAGES)('the texts in %s', (language) => {
  const messages = messagesIn(language)

  it('have a label for every field of the form, and none besides', () => {
    expect(keys(messages.fields)).toEqual(unique(fields.map(({ key }) => key)))
  })
  it('have a word for every choice, and none besides', () => {
    const choices = fields.flatMap(({ key, control }) =>
      'words' in control ? [[key, control.words] as const] : [],
    )
    const expected = Object.fromEntries(choices.map(([key, words]) => [key, unique(words)]))
    const actual = Object.entries(messages.words).map(([key, words]) => [key, keys(words)])
    expect(Object.fromEntries(actual)).toEqual(expected)
  })
  it('have a title for every section, and none besides', () => {
    expect(keys(messages.sections)).toEqual(unique(sections.map(({ title }) => title)))
  })
  it('have hints only for fields that exist', () => {
    expect(keys(messages.fields)).toEqual(expect.arrayContaining([...keys(messages.hints)]))
  })
  it('are all there, and say the bounds that they are given', () => {
    const poor = textsIn(messages).filter(([, text]) => text.trim() === '' || text.includes('undefined'))
    expect(poor).toEqual([])
    expect(messages.faults.wholeNumber('1', '8')).toMatch(/1.*8/u)
  })
})

it('are in the language that they say they are in', () => {
  const shared = (one: 'kk' | 'ru' | 'en', other: 'kk' | 'ru' | 'en') => {
    const others = new Map(textsIn(messagesIn(other)))
    return textsIn(messagesIn(one))
      .filter(([at, text]) => others.get(at) === text)
      .map(([at]) => at)
  }
  expect(shared('en', 'ru')).toEqual([])
  expect(shared('en', 'kk')).toEqual([])
  // The same word in both.
  expect(shared('kk', 'ru')).toEqual([
    '/fields/votes.candidate',
    '/words/assembly.form/rally',
    '/words/assembly.form/picket',
    '/words/means/police',
    '/words/method/carousel',
  ])
})

it.each([
  ['ru', 'kk', 'ru'],
  [undefined, 'kk-KZ,kk;q=0.9,en;q=0.8', 'kk'],
  [undefined, 'de,en;q=0.5,ru;q=0.7', 'ru'],
  ['xx', undefined, 'en'],
] as const)('asked for %s with Accept-Language %s, the page is in %s', (asked, accept, expected) => {
  expect(pickLanguage(asked, accept)).toBe(expected)
})
