import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { bisect, REFUSED_MAX } from './bisect.ts'

class Poison extends Error {}
const goOn = (): Promise<void> => Promise.resolve()
const isPoison = (error: unknown): boolean => error instanceof Poison

it('inserts everything but the poison, each item once, and names the poison', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 60 }), async (poisonous) => {
      const items = poisonous.map((bad, index) => ({ bad, index }))
      const inserted: number[] = []
      const found = await bisect(items, {
        insert: async (some) => {
          if (some.some(({ bad }) => bad)) throw new Poison()
          inserted.push(...some.map(({ index }) => index))
          return Promise.resolve()
        },
        isPoison,
        onMany: goOn,
      })
      expect(found.map(({ item }) => item)).toEqual(items.filter(({ bad }) => bad))
      expect(inserted).toEqual(items.filter(({ bad }) => !bad).map(({ index }) => index))
    }),
  )
})

it('asks about twice the logarithm of the batch for one poison in it', async () => {
  let inserts = 0
  const items = Array.from({ length: 1024 }, (_, index) => index)
  await bisect(items, {
    insert: (some) => {
      inserts += 1
      return some.includes(700) ? Promise.reject(new Poison()) : Promise.resolve()
    },
    isPoison,
    onMany: goOn,
  })
  expect(inserts).toBe(21)
})

it('asks when poison is not rare, and ends with what is thrown', async () => {
  let inserts = 0
  const asked: number[] = []
  const looking = bisect(
    Array.from({ length: 4096 }, (_, index) => index),
    {
      insert: () => {
        inserts += 1
        return Promise.reject(new Poison())
      },
      isPoison,
      onMany: (refused) => {
        asked.push(refused.length)
        return asked.length === 2 ? Promise.reject(new Error('an outage')) : Promise.resolve()
      },
    },
  )
  await expect(looking).rejects.toThrow('an outage')
  expect(asked).toEqual([REFUSED_MAX, REFUSED_MAX])
  expect(inserts).toBeLessThan(100)
})

it('throws at once what is not the fault of the data', async () => {
  const outage = new Error('away')
  let inserts = 0
  const failing = (): Promise<void> => {
    inserts += 1
    return Promise.reject(outage)
  }
  await expect(bisect([1, 2, 3], { insert: failing, isPoison, onMany: goOn })).rejects.toBe(outage)
  expect(inserts).toBe(1)
})
