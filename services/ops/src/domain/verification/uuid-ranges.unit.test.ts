import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type UuidRange, uuidRanges } from './uuid-ranges.ts'

const ROWS_MAX = 3

/** As ClickHouse orders UUIDs: `SELECT arraySort([…])` puts the second half first. */
const orderOf = (uuid: string): string => {
  const digits = uuid.replaceAll('-', '')
  return digits.slice(16) + digits.slice(0, 16)
}
const isIn = (uuid: string, { from, to }: UuidRange): boolean =>
  orderOf(uuid) >= orderOf(from) && orderOf(uuid) <= orderOf(to)

/** Random ones, and those of one machine and clock, which differ in their first half alone. */
const uuids = fc.uniqueArray(
  fc.oneof(
    fc.uuid(),
    fc
      .integer({ min: 0, max: 0xff_ff })
      .map((time) => `${time.toString(16).padStart(8, '0')}-0000-1000-8000-0242ac120002`),
  ),
  { maxLength: 40 },
)

test('every UUID is in exactly one range, and no range has more than it may', async () => {
  await fc.assert(
    fc.asyncProperty(uuids, async (ids) => {
      const ranges: UuidRange[] = []
      const countIn = (range: UuidRange): Promise<number> =>
        Promise.resolve(ids.filter((id) => isIn(id, range)).length)
      for await (const range of uuidRanges(countIn, ROWS_MAX)) ranges.push(range)
      for (const id of ids) expect(ranges.filter((range) => isIn(id, range))).toHaveLength(1)
      for (const range of ranges) expect(await countIn(range)).toBeLessThanOrEqual(ROWS_MAX)
    }),
  )
})

test('several rows of one UUID, which nothing divides, are handed over together', async () => {
  const id = '0190b4c0-7a11-7c3e-9d55-0242ac120002'
  const countIn = (range: UuidRange): Promise<number> => Promise.resolve(isIn(id, range) ? 5 : 0)
  const ranges: UuidRange[] = []
  for await (const range of uuidRanges(countIn, ROWS_MAX)) ranges.push(range)
  expect(ranges.filter((range) => isIn(id, range))).toEqual([{ from: id, to: id }])
})
