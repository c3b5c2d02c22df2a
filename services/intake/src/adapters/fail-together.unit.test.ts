import { expect, it } from 'vitest'
import { failTogether } from './fail-together.ts'

const entries = (...tickets: readonly number[]) => tickets.map((ticket) => ({ ticket }))

it('refuses what waited while a write failed, and tries what came later', async () => {
  const tried: number[] = []
  let works = false
  const write = failTogether(
    (written: readonly { readonly ticket: number }[]) => {
      tried.push(...written.map(({ ticket }) => ticket))
      return works ? Promise.resolve() : Promise.reject(new Error('away'))
    },
    () => 5,
  )
  await expect(write(entries(1, 2))).rejects.toThrow('away')
  works = true
  await expect(write(entries(3, 4))).rejects.toThrow('away')
  await write(entries(5, 6))
  await write(entries(7))
  expect(tried).toEqual([1, 2, 5, 6, 7])
})
