import commonWords from '../../data/common-words.json' with { type: 'json' }
import districts from '../../data/districts.json' with { type: 'json' }
import foreignPlaces from '../../data/foreign-places.json' with { type: 'json' }
import regionNames from '../../data/region-names.json' with { type: 'json' }
import type { AkimatCode } from '../akimat.ts'
import { settlements, type Settlement } from '../gazetteer.ts'
import { fold } from './fold.ts'
import { withoutKazakhSuffix } from './kazakh-suffixes.ts'
import { russianAdjectiveForms, russianForms } from './russian-forms.ts'
import type { Token } from './tokens.ts'

/** What a name can mean. Codes are today's. */
export type Sense =
  | { readonly kind: 'settlement'; readonly settlement: Settlement; readonly use: Use }
  | { readonly kind: 'region'; readonly code: AkimatCode; readonly use: Use }
  | { readonly kind: 'district'; readonly code: AkimatCode; readonly use: 'marker' }
  | { readonly kind: 'foreign'; readonly what: 'country' | 'city'; readonly use: 'alone' }

/**
 * How far a name can be trusted: alone; alone but `weak`ly; only within a named region, because every other region has
 * one of that name too (`generic`); or only with a word beside it that says what it is (`marker`).
 */
type Use = (typeof uses)[number]

// From the least trusted to the most.
const uses = ['marker', 'generic', 'weak', 'alone'] as const

export interface NameIndex {
  /** The longest name that starts at a token: what it can mean, and how many tokens it takes. */
  readonly at: (
    tokens: readonly Token[],
    start: number,
  ) => { readonly senses: readonly Sense[]; readonly length: number } | undefined
}

const wordsMax = 4

// «Шымкентский», «Экибастузский»: formed of towns from this size on; smaller ones are known by their district.
const populationForAdjective = 30_000

/** Builds the index of every name in every case: one look-up per token and length, whatever the number of names. */
export function createNameIndex(): NameIndex {
  const senses = new Map<string, readonly Sense[]>()
  const lengths = new Map<string, number>()
  const add = (forms: readonly string[], sense: Sense): void => {
    for (const form of forms) addForm(senses, lengths, { words: wordsOf(form), sense })
  }
  addSettlements(add)
  addRegions(add)
  addRegionAdjectives(add)
  addDistricts(add)
  addForeignPlaces(add)
  return { at: (tokens, start) => longestName(senses, lengths, { tokens, start }) }
}

type Add = (forms: readonly string[], sense: Sense) => void

function addForm(
  senses: Map<string, readonly Sense[]>,
  lengths: Map<string, number>,
  { words, sense }: { readonly words: readonly string[]; readonly sense: Sense },
): void {
  const [first] = words
  if (first === undefined || words.length > wordsMax) return
  const key = words.join('')
  const known = senses.get(key) ?? []
  const same = known.find((other) => isSame(other, sense))
  if (same === undefined) senses.set(key, [...known, sense])
  else if (uses.indexOf(sense.use) > uses.indexOf(same.use))
    senses.set(key, [...known.filter((other) => other !== same), sense])
  lengths.set(first, Math.max(words.length, lengths.get(first) ?? 0))
}

// Names are kept with their words run together, and two words are always tried as one: «Сары-Агаш» is Сарыагаш, and
// «Кзылорда» Кзыл-Орда.
function longestName(
  senses: ReadonlyMap<string, readonly Sense[]>,
  lengths: ReadonlyMap<string, number>,
  { tokens, start }: { readonly tokens: readonly Token[]; readonly start: number },
): ReturnType<NameIndex['at']> {
  const lengthKnown = lengths.get(tokens[start]?.key ?? '') ?? 1
  for (let length = joinedRun(tokens, start, Math.max(2, lengthKnown)); length > 0; length -= 1) {
    const key = keyOfTokens(tokens, start, length)
    const found = senses.get(key) ?? (length <= lengthKnown ? suffixed(senses, key) : undefined)
    if (found !== undefined) return { senses: found, length }
  }
  return undefined
}

function keyOfTokens(tokens: readonly Token[], start: number, length: number): string {
  let key = ''
  for (let at = start; at < start + length; at += 1) key += tokens[at]?.key ?? ''
  return key
}

function suffixed(senses: ReadonlyMap<string, readonly Sense[]>, key: string): readonly Sense[] | undefined {
  for (const stem of withoutKazakhSuffix(key)) {
    const found = senses.get(stem)
    if (found !== undefined) return found
  }
  return undefined
}

function joinedRun(tokens: readonly Token[], start: number, lengthMax: number): number {
  let length = 1
  while (length < lengthMax && tokens[start + length]?.joined === true) length += 1
  return length
}

function isSame(one: Sense, other: Sense): boolean {
  return one.kind === other.kind && meaningOf(one) === meaningOf(other)
}

function meaningOf(sense: Sense): Settlement | string {
  if (sense.kind === 'settlement') return sense.settlement
  return sense.kind === 'foreign' ? sense.what : sense.code
}

const useByName = new Map(
  commonWords.map(({ name, use }) => [keyOf(name), uses.find((known) => known === use)]),
)

// Names of one or two letters («Чу») are too short to stand alone.
function useOf(name: string): Use {
  const key = keyOf(name)
  return useByName.get(key) ?? (key.length < 3 ? 'marker' : 'alone')
}

const regionAdjectives = new Set(regionNames.map(({ adjective }) => adjective))

function addSettlements(add: Add): void {
  for (const settlement of settlements) {
    for (const name of [settlement.name, ...settlement.names]) {
      add(formsOf(name), { kind: 'settlement', settlement, use: useOf(name) })
      if (settlement.population >= populationForAdjective) {
        add(adjectivesOf(name), { kind: 'settlement', settlement, use: useOf(name) })
      }
    }
  }
}

function addRegions(add: Add): void {
  for (const { codes, names = [], phrases = [] } of regionNames) {
    for (const code of codes) {
      for (const name of names) add(formsOf(name), { kind: 'region', code, use: 'marker' })
      for (const phrase of phrases) add(formsOf(phrase), { kind: 'region', code, use: useOf(phrase) })
    }
  }
}

// «Карагандинский» is said of the region and of its seat, so it has both senses.
function addRegionAdjectives(add: Add): void {
  for (const { codes, adjective, adjectiveOf } of regionNames) {
    if (adjective === undefined) continue
    const forms = russianAdjectiveForms(adjective)
    const use = useOf(adjective)
    for (const code of codes) add(forms, { kind: 'region', code, use })
    const settlement = settlements.find(({ name }) => name === adjectiveOf)
    if (settlement !== undefined) add(forms, { kind: 'settlement', settlement, use })
  }
}

function addDistricts(add: Add): void {
  for (const { codeToday, adjective, name } of districts) {
    add([...russianAdjectiveForms(adjective), name], { kind: 'district', code: codeToday, use: 'marker' })
  }
}

function addForeignPlaces(add: Add): void {
  for (const { kind, names } of foreignPlaces) {
    const what = kind === 'country' ? 'country' : 'city'
    for (const name of names) add(formsOf(name), { kind: 'foreign', what, use: 'alone' })
  }
}

// Abbreviations (ВКО, США) are not declined.
function formsOf(name: string): readonly string[] {
  if (name === name.toUpperCase()) return [name]
  return /\p{Script=Cyrillic}/u.test(name) ? russianForms(name.toLowerCase()) : [name]
}

// Уральск: уральский; Шымкент: шымкентский. Other endings are irregular, and kept in region-names.json.
function adjectivesOf(name: string): readonly string[] {
  return townAdjectives(name)
    .filter((adjective) => !regionAdjectives.has(adjective))
    .flatMap(russianAdjectiveForms)
}

function townAdjectives(name: string): readonly string[] {
  if (/^\p{Script=Cyrillic}+ск$/u.test(name)) return [`${name.toLowerCase()}ий`]
  if (!/^\p{Script=Cyrillic}+[бвгджзлмнпрстфхцчшщу]$/u.test(name)) return []
  return [`${name.toLowerCase()}ский`]
}

function wordsOf(form: string): readonly string[] {
  return form
    .split(/[\s\-–]+/)
    .map(fold)
    .filter((word) => word !== '')
}

function keyOf(name: string): string {
  return wordsOf(name).join('')
}
