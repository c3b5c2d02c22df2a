/** The endings of one declension: [what the nominative ends in, what the cases have in its place]. */
type Declension = readonly [ending: string, cases: readonly string[]]

const adjectiveCases = {
  hard: ['ого', 'ому', 'ым', 'ом'],
  soft: ['его', 'ему', 'им', 'ем'],
  velar: ['ого', 'ому', 'им', 'ом'],
}

// The first that fits. Cases: genitive, dative, instrumental, prepositional; the accusative is one of them or is listed.
const declensions: readonly Declension[] = [
  ['кий', adjectiveCases.velar.map((ending) => `к${ending}`)],
  ['ный', adjectiveCases.hard.map((ending) => `н${ending}`)],
  ['вый', adjectiveCases.hard.map((ending) => `в${ending}`)],
  ['ской', adjectiveCases.velar.map((ending) => `ск${ending}`)],
  ['ское', adjectiveCases.velar.map((ending) => `ск${ending}`)],
  ['кое', adjectiveCases.velar.map((ending) => `к${ending}`)],
  ['ное', adjectiveCases.hard.map((ending) => `н${ending}`)],
  ['вое', adjectiveCases.hard.map((ending) => `в${ending}`)],
  ['ка', ['ки', 'ке', 'ку', 'кой']],
  ['га', ['ги', 'ге', 'гу', 'гой']],
  ['ха', ['хи', 'хе', 'ху', 'хой']],
  ['а', ['ы', 'е', 'у', 'ой']],
  ['ия', ['ии', 'ию', 'ией']],
  ['я', ['и', 'е', 'ю', 'ей']],
  ['ье', ['ья', 'ью', 'ьем']],
  ['о', ['а', 'у', 'ом', 'е']],
  ['ь', ['я', 'ю', 'ем', 'е', 'и', 'ью']],
  ['й', ['я', 'ю', 'ем', 'е']],
  ['ы', ['е', 'у', 'ой']],
]

const consonant = /[бвгджзклмнпрстфхцчшщ]$/
const consonantCases = ['а', 'у', 'ом', 'е']

const adjectiveEndings = ['ий', 'ая', 'ое', 'ие', 'ого', 'ой', 'ому', 'ую', 'им', 'ом', 'их', 'ими']

/**
 * A place's name in every case, itself first: «Караганда», «Караганды», «Караганде» … Only the last word is declined
 * («Усть-Каменогорске»), and an adjective before it («в Западном Казахстане»). A name that Russian does not decline gives forms
 * that nobody writes, which does no harm.
 */
export function russianForms(name: string): readonly string[] {
  const lastBreak = Math.max(name.lastIndexOf(' '), name.lastIndexOf('-')) + 1
  const head = name.slice(0, lastBreak)
  const forms = declined(name.slice(lastBreak))
  const adjective = /^(\p{L}+)ый $/u.exec(head)?.[1]
  if (adjective === undefined) return forms.map((form) => head + form)
  const heads = ['ый', 'ого', 'ому', 'ым', 'ом'].map((ending) => `${adjective}${ending} `)
  return forms.map((form, index) => (heads[index] ?? head) + form)
}

/** Every form of an adjective in -ский: «карагандинская», «карагандинской», … */
export function russianAdjectiveForms(adjective: string): readonly string[] {
  return adjectiveEndings.map((ending) => adjective.replace(/ий$/, ending))
}

function declined(word: string): readonly string[] {
  const declension = declensions.find(([ending]) => word.endsWith(ending))
  if (declension !== undefined) {
    const [ending, cases] = declension
    return [word, ...cases.map((other) => word.slice(0, -ending.length) + other)]
  }
  return consonant.test(word) ? [word, ...consonantCases.map((ending) => word + ending)] : [word]
}
