/** A stretch of all UUIDs in ClickHouse's order, both ends in it. */
export interface UuidRange {
  readonly from: string
  readonly to: string
}

interface NumberRange {
  readonly from: bigint
  readonly to: bigint
}

const HALF_DIGITS = 16
const ALL: NumberRange = { from: 0n, to: (1n << 128n) - 1n }

/** ClickHouse compares the second half of a UUID first. */
const uuidOf = (order: bigint): string => {
  const digits = order.toString(16).padStart(2 * HALF_DIGITS, '0')
  const uuid = digits.slice(HALF_DIGITS) + digits.slice(0, HALF_DIGITS)
  return uuid.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

const rangeOf = ({ from, to }: NumberRange): UuidRange => ({ from: uuidOf(from), to: uuidOf(to) })

/**
 * All UUIDs in ranges of at most so many rows, in order: a range is halved until it has no more. `countIn` has to be cheap.
 * A range of a single UUID is handed over whatever it has.
 */
export async function* uuidRanges(
  countIn: (range: UuidRange) => Promise<number>,
  rowsMax: number,
): AsyncGenerator<UuidRange, void, undefined> {
  const open: NumberRange[] = [ALL]
  for (let range = open.pop(); range !== undefined; range = open.pop()) {
    if (range.from === range.to || (await countIn(rangeOf(range))) <= rowsMax) {
      yield rangeOf(range)
      continue
    }
    const middle = (range.from + range.to) / 2n
    open.push({ from: middle + 1n, to: range.to }, { from: range.from, to: middle })
  }
}
