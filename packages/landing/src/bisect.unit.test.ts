import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { bisect, REFUSED_MAX } from './bisect.ts'

class Poison extends Error {}
const isPoison = (error: unknown): boolean => error instanceof Poison

it('inserts everything but the poison, each item once, and names the poison', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 15 }), async (poisonous) => {
      const items = poisonous.map((bad, index) => ({ bad, index }))
      const inserted: number[] = []
      const found = await bisect(
        items,
        async (some) => {
          if (some.some(({ bad }) => bad)) throw new Poison()
          inserted.push(...some.map(({ index }) => index))
          return Promise.resolve()
        },
        isPoison,
      )
      expect(found.map(({ item }) => item)).toEqual(items.filter(({ bad }) => bad))
      expect(inserted).toEqual(items.filter(({ bad }) => !bad).map(({ index }) => index))
    }),
  )
})

it('asks about twice the logarithm of the batch for one poison in it', async () => {
  let inserts = 0
  const items = Array.from({ length: 1024 }, (_, index) => index)
  await bisect(
    items,
    (some) => {
      inserts += 1
      return some.includes(700) ? Promise.reject(new Poison()) : Promise.resolve()
    },
    isPoison,
  )
  expect(inserts).toBe(21)
})

it('gives up looking when poison is not rare', async () => {
  let inserts = 0
  const found = await bisect(
    Array.from({ length: 4096 }, (_, index) => index),
    () => {
      inserts += 1
      return Promise.reject(new Poison())
    },
    isPoison,
  )
  expect(found).toHaveLength(REFUSED_MAX)
  expect(inserts).toBeLessThan(100)
})

it('throws at once what is not the fault of the data', async () => {
  const outage = new Error('away')
  let inserts = 0
  const failing = (): Promise<void> => {
    inserts += 1
    return Promise.reject(outage)
  }
  await expect(bisect([1, 2, 3], failing, isPoison)).rejects.toBe(outage)
  expect(inserts).toBe(1)
})
