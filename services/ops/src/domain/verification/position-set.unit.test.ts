import { expect, test } from 'vitest'
import { openPositionSet } from './position-set.ts'

const at = (offset: string, partition = 0) => ({ topic: 'reports', partition, offset })

test('has the positions that were added, and no neighbour of them', () => {
  const positions = openPositionSet()
  for (const offset of ['0', '7', '4095', '4096', '9007199254740993']) positions.add(at(offset))
  expect(['0', '7', '4095', '4096', '9007199254740993'].every((offset) => positions.has(at(offset)))).toBe(
    true,
  )
  expect(['1', '8', '4094', '4097', '9007199254740992'].some((offset) => positions.has(at(offset)))).toBe(
    false,
  )
  expect(positions.has(at('7', 1))).toBe(false)
})
