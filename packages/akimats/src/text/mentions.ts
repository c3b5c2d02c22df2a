import type { NameIndex, Sense } from './name-index.ts'
import { placeWord, type PlaceWord, type Side } from './place-words.ts'
import type { Token } from './tokens.ts'

/** A name found in a text, with what it can mean given the words around it. Never without a sense. */
export interface Mention {
  readonly senses: readonly Sense[]
  /** The word beside it that says what it is: «г.», «ауданы». */
  readonly marker: PlaceWord | null
  /** Whether the text says that it was near there, and not there: «под Шымкентом». */
  readonly isNear: boolean
}

// «в 20 км от города Астаны»: so many words may stand between.
const nearWordsMax = 3
const wordsAfterNear = new Set([
  'ot',
  'g',
  'gor',
  'goroda',
  'gorodom',
  'gorode',
  'of',
  'from',
  'the',
  'city',
  's',
  'sela',
])

/** Every place that a text names, in order. */
export function mentionsIn(tokens: readonly Token[], index: NameIndex): readonly Mention[] {
  const mentions: Mention[] = []
  let free = 0
  for (let start = 0; start < tokens.length;) {
    const name = index.at(tokens, start)
    const end = start + (name?.length ?? 1)
    if (name !== undefined) {
      const around = wordsAround(tokens, { start, end, free })
      const mention = toMention(name.senses, around)
      if (mention !== undefined) mentions.push(mention)
      free = around.markerAfter === undefined ? end : end + 1
    }
    start = Math.max(end, free)
  }
  return mentions
}

interface Around {
  readonly markerBefore: PlaceWord | undefined
  readonly markerAfter: PlaceWord | undefined
  readonly isNear: boolean
}

// `free` is the first token that no earlier name has taken as its own marker («Алматинская область Талгар»).
function wordsAround(
  tokens: readonly Token[],
  { start, end, free }: { readonly start: number; readonly end: number; readonly free: number },
): Around {
  const markerBefore =
    start > free && isJoined(tokens, start) ? wordAt(tokens, start - 1, 'before') : undefined
  const markerAfter = isJoined(tokens, end) ? wordAt(tokens, end, 'after') : undefined
  return {
    markerBefore,
    markerAfter,
    isNear: markerAfter === 'near' || isNearBefore(tokens, start, free),
  }
}

const isJoined = (tokens: readonly Token[], at: number): boolean => tokens[at]?.joined === true

function wordAt(tokens: readonly Token[], at: number, side: Side): PlaceWord | undefined {
  const token = tokens[at]
  return token === undefined ? undefined : placeWord(side, token.key)
}

function isNearBefore(tokens: readonly Token[], start: number, free: number): boolean {
  for (
    let at = start - 1;
    at >= Math.max(free, start - nearWordsMax) && tokens[at + 1]?.joined === true;
    at -= 1
  ) {
    const key = tokens[at]?.key ?? ''
    if (placeWord('before', key) === 'near') return true
    if (!wordsAfterNear.has(key)) return false
  }
  return false
}

function toMention(
  senses: readonly Sense[],
  { markerBefore, markerAfter, isNear }: Around,
): Mention | undefined {
  if (markerBefore === 'street' || markerAfter === 'street') return undefined
  for (const marker of [markerAfter, markerBefore]) {
    const marked = marker === undefined ? [] : narrowings[marker](senses)
    if (marker !== undefined && marked.length > 0) return { senses: marked, marker, isNear }
  }
  // A district that the register does not know is still in the region of the town that it is named after.
  const alone = senses.filter(({ use }) => use !== 'marker')
  return alone.length === 0 ? undefined : { senses: alone, marker: null, isNear }
}

type Narrowing = (senses: readonly Sense[]) => readonly Sense[]

const ofKind =
  (kind: Sense['kind']): Narrowing =>
  (senses) =>
    senses.filter((sense) => sense.kind === kind)

/** What a word beside a name leaves of its senses; one that leaves none says nothing. */
const narrowings: Readonly<Record<PlaceWord, Narrowing>> = {
  region: ofKind('region'),
  district: ofKind('district'),
  city: citiesFirst,
  village: ofKind('settlement'),
  street: () => [],
  near: () => [],
}

// Of homonyms, «город» means those with the status of one, if there are any.
function citiesFirst(senses: readonly Sense[]): readonly Sense[] {
  const settlements = senses.filter((sense) => sense.kind === 'settlement')
  const cities = settlements.filter(({ settlement }) => settlement.isCity)
  return cities.length > 0 ? cities : settlements
}
