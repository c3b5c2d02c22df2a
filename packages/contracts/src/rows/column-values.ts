/** An instant as ClickHouse shows a DateTime64(3, 'UTC'): 2005-10-19 08:05:00.000. */
export const instantText = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '')

/** Digits that tell every Float32 from its neighbours. */
const FLOAT32_DIGITS_MAX = 9

/** A number as a column of type Float32 shows it: the shortest decimal that is nearer to this Float32 than to any other. */
export const float32 = (value: number): number => {
  const single = Math.fround(value)
  for (let digits = 1; digits < FLOAT32_DIGITS_MAX; digits += 1) {
    const short = Number(single.toPrecision(digits))
    if (Math.fround(short) === single) return short
  }
  return Number(single.toPrecision(FLOAT32_DIGITS_MAX))
}
