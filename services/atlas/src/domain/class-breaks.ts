/** One class of a shaded map: counts from `from` to `to`, both included. */
export interface CountClass {
  readonly from: number
  readonly to: number
}

/** As many shades as a reader tells apart with certainty (Brewer, ColorBrewer 2.0: 5 to 7 for a sequential scheme). */
export const CLASSES_MAX = 5

/**
 * Classes by quantiles of the counts above zero, so that one very large count does not make all others look alike. At most
 * five, in order; a count is never split between two; `from` and `to` are counts that occur.
 */
export const classesOf = (counts: readonly number[]): readonly CountClass[] => {
  const positive = counts.filter((count) => count > 0).toSorted((one, other) => one - other)
  const ends = Array.from({ length: CLASSES_MAX }, (_, index) =>
    positive.at(Math.ceil(((index + 1) * positive.length) / CLASSES_MAX) - 1),
  )
  const uppers = [...new Set(ends.filter((end) => end !== undefined))]
  return uppers.map((to, index) => {
    const below = index === 0 ? 0 : (uppers[index - 1] ?? 0)
    return { from: positive.find((count) => count > below) ?? to, to }
  })
}

/** 0 for a count of nothing, else the number of its class, from 1 on. */
export const shadeOf = (count: number, classes: readonly CountClass[]): number =>
  count <= 0 ? 0 : classes.findIndex(({ to }) => count <= to) + 1
