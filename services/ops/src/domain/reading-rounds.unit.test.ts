import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { readingRounds } from './reading-rounds.ts'

const at = (partition: number, offset: bigint) => ({ topic: 'reports', partition, offset: String(offset) })

it('reads nothing for nothing', () => {
  expect(readingRounds([])).toEqual([])
})

it('reads what lies close together in one round, and of every partition', () => {
  expect(readingRounds([at(0, 9n), at(1, 5n), at(0, 7n)])).toEqual([
    [
      { topic: 'reports', partition: 0, low: 7n, high: 10n },
      { topic: 'reports', partition: 1, low: 5n, high: 6n },
    ],
  ])
})

it('begins anew behind a long stretch that nobody asks for', () => {
  expect(readingRounds([at(0, 1_000_000n), at(0, 3n), at(1, 0n)])).toEqual([
    [
      { topic: 'reports', partition: 0, low: 3n, high: 4n },
      { topic: 'reports', partition: 1, low: 0n, high: 1n },
    ],
    [{ topic: 'reports', partition: 0, low: 1_000_000n, high: 1_000_001n }],
  ])
})

it('reads every position once, in one stretch per partition and round, with no long gap between', () => {
  const positions = fc.array(
    fc.record({ partition: fc.nat({ max: 2 }), offset: fc.bigInt({ min: 0n, max: 1_000_000n }) }),
    { maxLength: 50 },
  )
  fc.assert(
    fc.property(positions, (some) => {
      const rounds = readingRounds(some.map(({ partition, offset }) => at(partition, offset)))
      const stretches = rounds.flat()
      for (const { partition, offset } of some) {
        const holding = stretches.filter(
          (each) => each.partition === partition && each.low <= offset && offset < each.high,
        )
        expect(holding).toHaveLength(1)
      }
      for (const round of rounds)
        expect(new Set(round.map(({ partition }) => partition)).size).toBe(round.length)
      const asked = new Set(some.map(({ offset }) => offset)).size
      const read = stretches.reduce((sum, { low, high }) => sum + (high - low), 0n)
      expect(read <= BigInt(asked * 3) * 50_001n).toBe(true)
    }),
  )
})
