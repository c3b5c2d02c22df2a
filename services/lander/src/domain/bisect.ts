/**
 * Finds the items that make `insert` fail: halves a failing batch until each failure is one item. Returns those items, with
 * their errors; everything else was inserted. `isPoison` tells a failure of the data from any other, which is thrown.
 */
export const bisect = async <Item>(
  items: readonly Item[],
  insert: (items: readonly Item[]) => Promise<void>,
  isPoison: (error: unknown) => boolean,
): Promise<readonly { readonly item: Item; readonly error: unknown }[]> => {
  const [first] = items
  if (first === undefined) return []
  try {
    await insert(items)
    return []
  } catch (error) {
    if (!isPoison(error)) throw error
    if (items.length === 1) return [{ item: first, error }]
  }
  const half = Math.ceil(items.length / 2)
  const left = await bisect(items.slice(0, half), insert, isPoison)
  const right = await bisect(items.slice(half), insert, isPoison)
  return [...left, ...right]
}
