import { AppError } from '@baqylau/contracts'
import { expect, it } from 'vitest'
import { createStandstill } from './standstill.ts'

const error = new AppError('event_version_unsupported', 'upgrade this service')
const never = new AbortController().signal

it('says why while it lasts, once, and ends with the error', async () => {
  const told: AppError[] = []
  const { endure, trouble } = createStandstill((one) => void told.push(one), 5)
  expect(trouble()).toBeUndefined()
  const both = [endure(error, never), endure(error, never)]
  expect(trouble()).toBe('upgrade this service')
  for (const each of await Promise.allSettled(both)) expect(each).toMatchObject({ reason: error })
  expect(told).toEqual([error])
})

it('ends at once with the reason for which it is given up, and is no trouble then', async () => {
  const { endure, trouble } = createStandstill(() => undefined)
  const stop = new AbortController()
  const enduring = endure(error, stop.signal)
  stop.abort(new Error('taken away'))
  await expect(enduring).rejects.toThrow('taken away')
  expect(trouble()).toBeUndefined()
})

it('in doubt ends with the error, when nothing moves', async () => {
  const { doubt, trouble } = createStandstill(() => undefined, 5)
  const doubting = doubt(error, 'reports', never)
  expect(trouble()).toBe('upgrade this service')
  await expect(doubting).rejects.toBe(error)
})

it('in doubt was none when something else moves meanwhile, or did a moment ago', async () => {
  const { doubt, moved, trouble } = createStandstill(() => undefined)
  const doubts = [doubt(error, 'reports', never), doubt(error, 'reports', never)]
  moved('reports')
  await Promise.all(doubts)
  expect(trouble()).toBeUndefined()
  await doubt(error, 'reports', never)
})

it('in doubt is given up when it is taken away', async () => {
  const { doubt, trouble } = createStandstill(() => undefined)
  const stop = new AbortController()
  const doubting = doubt(error, 'reports', stop.signal)
  stop.abort(new Error('taken away'))
  await expect(doubting).rejects.toThrow('taken away')
  expect(trouble()).toBeUndefined()
})

it('in doubt ends with the error, whatever moves in another topic', async () => {
  const { doubt, moved } = createStandstill(() => undefined, 5)
  moved('enrichments')
  const doubting = doubt(error, 'reports', never)
  moved('enrichments')
  await expect(doubting).rejects.toBe(error)
})
