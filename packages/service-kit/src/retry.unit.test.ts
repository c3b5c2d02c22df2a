import { AppError } from '@baqylau/contracts'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { untilItPasses } from './retry.ts'

const away = (): AppError => new AppError('log_unavailable', 'the broker is away')
const signal = new AbortController().signal
const ignore = (): void => {}

describe('work that may pass', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('is tried until it does, and each failure is told', async () => {
    const faults: AppError[] = []
    const failures = [away(), away(), away(), away()]
    const work = vi.fn<() => Promise<string>>().mockResolvedValue('written')
    for (const failure of failures) work.mockRejectedValueOnce(failure)
    const result = untilItPasses(work, { signal, onFault: (error) => faults.push(error) })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await result).toBe('written')
    expect(work).toHaveBeenCalledTimes(5)
    expect(faults).toEqual(failures)
  })

  test('is not tried again once it has', async () => {
    const work = vi.fn<() => Promise<string>>().mockResolvedValue('written')
    expect(await untilItPasses(work, { signal, onFault: ignore })).toBe('written')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(work).toHaveBeenCalledOnce()
  })

  test('waits between tries, longer and longer, and never more than five seconds', async () => {
    const at: number[] = []
    const abort = new AbortController()
    const work = (): Promise<never> => {
      at.push(Date.now())
      return Promise.reject(away())
    }
    const result = untilItPasses(work, { signal: abort.signal, onFault: ignore }).catch(() => 'given up')
    await vi.advanceTimersByTimeAsync(60_000)
    const waits = at.slice(1).map((time, index) => time - (at[index] ?? 0))
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(200)
    expect(Math.max(...waits)).toBeLessThanOrEqual(5000)
    expect(waits.slice(-3)).toEqual([5000, 5000, 5000])
    abort.abort(new Error('enough'))
    expect(await result).toBe('given up')
  })
})

describe('work that cannot pass', () => {
  test.each([
    ['an error of the table that is not retryable', new AppError('row_rejected', 'bad data')],
    ['an error of any other kind', new Error('a bug')],
    ['an error that looks like one of a network', new TypeError('fetch failed')],
  ])('is not tried again: %s', async (_what, fault) => {
    const work = vi.fn<() => Promise<never>>().mockRejectedValue(fault)
    const onFault = vi.fn<(error: AppError) => void>()
    await expect(untilItPasses(work, { signal, onFault })).rejects.toBe(fault)
    expect(work).toHaveBeenCalledOnce()
    expect(onFault).not.toHaveBeenCalled()
  })

  test('ends trying that had begun', async () => {
    const fault = new AppError('row_rejected', 'bad data')
    const work = vi.fn<() => Promise<never>>().mockRejectedValueOnce(away()).mockRejectedValueOnce(fault)
    await expect(untilItPasses(work, { signal, onFault: ignore })).rejects.toBe(fault)
    expect(work).toHaveBeenCalledTimes(2)
  })
})

describe('trying ends with its signal', () => {
  test('while it waits, with the reason of the signal', async () => {
    const abort = new AbortController()
    const reason = new Error('stopping')
    const result = untilItPasses(() => Promise.reject(away()), {
      signal: abort.signal,
      onFault: () => abort.abort(reason),
    })
    await expect(result).rejects.toBe(reason)
  })

  test('before it begins', async () => {
    const work = vi.fn<() => Promise<string>>()
    const reason = new Error('stopped')
    await expect(untilItPasses(work, { signal: AbortSignal.abort(reason), onFault: ignore })).rejects.toBe(
      reason,
    )
    expect(work).not.toHaveBeenCalled()
  })
})
