export interface Refused<Item> {
  readonly item: Item
  readonly error: unknown
}

/** Poison is rare. Whenever this many more items of one batch are refused, it is asked whether the fault is in the items. */
export const REFUSED_MAX = 16

export interface BisectParts<Item> {
  readonly insert: (items: readonly Item[]) => Promise<void>
  /** Tells a failure of the data from any other, which is thrown. */
  readonly isPoison: (error: unknown) => boolean
  /** Told the last `REFUSED_MAX` of those that are refused; what it throws ends the looking. */
  readonly onMany: (refused: readonly Refused<Item>[]) => Promise<void>
}

/**
 * Finds the items that make `insert` fail: halves a failing batch until each failure is one item. Returns those items, with
 * their errors; everything else was inserted, each once. It takes at most two inserts an item.
 */
export const bisect = async <Item>(
  items: readonly Item[],
  { insert, isPoison, onMany }: BisectParts<Item>,
): Promise<readonly Refused<Item>[]> => {
  const refused: Refused<Item>[] = []
  const look = async (some: readonly Item[]): Promise<void> => {
    const [first] = some
    if (first === undefined) return
    try {
      await insert(some)
      return
    } catch (error) {
      if (!isPoison(error)) throw error
      if (some.length === 1) {
        refused.push({ item: first, error })
        if (refused.length % REFUSED_MAX === 0) await onMany(refused.slice(-REFUSED_MAX))
        return
      }
    }
    const half = Math.ceil(some.length / 2)
    await look(some.slice(0, half))
    await look(some.slice(half))
  }
  await look(items)
  return refused
}
