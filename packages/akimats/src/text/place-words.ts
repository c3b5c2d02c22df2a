import wordRows from '../../data/place-words.json' with { type: 'json' }
import { fold } from './fold.ts'

/** What the words around a name say it is. `street` stands for everything that is named after a place or a person. */
export type PlaceWord = 'region' | 'city' | 'village' | 'district' | 'street' | 'near'

export type Side = 'before' | 'after'

const stemLengthMax = 12

const words = new Map<string, PlaceWord>()
const stems = new Map<string, PlaceWord>()

for (const row of wordRows) {
  for (const side of sidesOf(row.side)) {
    for (const word of row.words) words.set(`${side} ${fold(word)}`, row.kind as PlaceWord)
    for (const stem of row.stems) stems.set(`${side} ${fold(stem)}`, row.kind as PlaceWord)
  }
}

/** What a folded word says of the name that it stands before or after; undefined when nothing. */
export function placeWord(side: Side, key: string): PlaceWord | undefined {
  const whole = words.get(`${side} ${key}`)
  if (whole !== undefined) return whole
  for (let length = Math.min(key.length, stemLengthMax); length >= 4; length -= 1) {
    const found = stems.get(`${side} ${key.slice(0, length)}`)
    if (found !== undefined) return found
  }
  return undefined
}

function sidesOf(side: string): readonly Side[] {
  if (side === 'either') return ['before', 'after']
  return side === 'before' ? ['before'] : ['after']
}
