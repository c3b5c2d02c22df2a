import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { every } from './every.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('work that is done every so often', () => {
  test('begins after the first interval, and stops when it is told to', async () => {
    const work = vi.fn<() => Promise<void>>().mockResolvedValue()
    const stop = every(1000, work)
    await vi.advanceTimersByTimeAsync(999)
    expect(work).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(2001)
    expect(work).toHaveBeenCalledTimes(3)
    await stop()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(work).toHaveBeenCalledTimes(3)
  })

  test('is never done twice at once, however long it takes', async () => {
    const ends: (() => void)[] = []
    const work = vi.fn<() => Promise<void>>(
      () =>
        new Promise((resolve) => {
          ends.push(resolve)
        }),
    )
    const stop = every(1000, work)
    await vi.advanceTimersByTimeAsync(5500)
    expect(work).toHaveBeenCalledOnce()
    ends[0]?.()
    await vi.advanceTimersByTimeAsync(1000)
    expect(work).toHaveBeenCalledTimes(2)
    ends[1]?.()
    await stop()
  })

  test('is stopped once a run under way has ended', async () => {
    const end = Promise.withResolvers<void>()
    const stop = every(1000, () => end.promise)
    await vi.advanceTimersByTimeAsync(1000)
    const stopped = vi.fn<() => void>()
    const stopping = stop().then(stopped)
    await vi.advanceTimersByTimeAsync(1000)
    expect(stopped).not.toHaveBeenCalled()
    end.resolve()
    await stopping
    expect(stopped).toHaveBeenCalledOnce()
  })
})
