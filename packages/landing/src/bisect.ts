export interface Refused<Item> {
  readonly item: Item
  readonly error: unknown
}

/**
 * Poison is rare. When this many items of one batch are refused, the fault is not in the items, and looking for more of
 * them would cost an insert each.
 */
export const REFUSED_MAX = 16

/**
 * Finds the items that make `insert` fail: halves a failing batch until each failure is one item. Returns those items, with
 * their errors, at most `REFUSED_MAX`; when there are fewer, everything else was inserted. `isPoison` tells a failure of the
 * data from any other, which is thrown.
 */
export const bisect = async <Item>(
  items: readonly Item[],
  insert: (items: readonly Item[]) => Promise<void>,
  isPoison: (error: unknown) => boolean,
): Promise<readonly Refused<Item>[]> => {
  const refused: Refused<Item>[] = []
  const look = async (some: readonly Item[]): Promise<void> => {
    const [first] = some
    if (first === undefined || refused.length >= REFUSED_MAX) return
    try {
      await insert(some)
      return
    } catch (error) {
      if (!isPoison(error)) throw error
      if (some.length === 1) {
        refused.push({ item: first, error })
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
