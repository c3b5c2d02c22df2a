/** Numbers that follow from seeds alone: the same seeds, the same run. */
export interface Random {
  /** A whole number from 0 to less than `end`. */
  readonly below: (end: number) => number
  readonly chance: (probability: number) => boolean
  readonly pick: <Item>(items: readonly [Item, ...Item[]]) => Item
  /** A name, as often as its weight says. */
  readonly weighted: <Name extends string>(weights: Readonly<Record<Name, number>>) => Name
  readonly shuffled: <Item>(items: readonly Item[]) => readonly Item[]
}

const GOLDEN = 0x9e_37_79_b9

/** The finalizer of MurmurHash3 (https://github.com/aappleby/smhasher): every bit of the input tells in every bit of it. */
const mix = (value: number): number => {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85_eb_ca_6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2_b2_ae_35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

export const randomFrom = (...seeds: readonly number[]): Random => {
  let state = seeds.reduce((sum, seed) => mix(sum ^ mix((seed + GOLDEN) >>> 0)), 1905)
  const next = (): number => {
    state = (state + GOLDEN) >>> 0
    return mix(state)
  }
  const below = (end: number): number => Math.floor((next() / 2 ** 32) * end)
  return {
    below,
    chance: (probability) => next() < probability * 2 ** 32,
    pick: (items) => items[below(items.length)] ?? items[0],
    weighted: <Name extends string>(weights: Readonly<Record<Name, number>>) => {
      const entries = Object.entries(weights) as [Name, number][]
      let left = below(entries.reduce((sum, [, weight]) => sum + weight, 0))
      const found = entries.find(([, weight]) => (left -= weight) < 0)
      if (found === undefined) throw new RangeError('there is nothing to choose from')
      return found[0]
    },
    shuffled: (items) => {
      const rest = [...items]
      return items.flatMap(() => rest.splice(below(rest.length), 1))
    },
  }
}
