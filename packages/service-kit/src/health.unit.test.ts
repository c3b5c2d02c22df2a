import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createProgressWatch, reportHealth } from './health.ts'

const never = (): Promise<undefined> => new Promise(() => {})

describe('the report of health', () => {
  test('is good when every check has nothing to say', async () => {
    expect(await reportHealth({ kafka: () => undefined, redis: () => Promise.resolve(undefined) })).toEqual({
      ok: true,
      checks: { kafka: 'ok', redis: 'ok' },
    })
  })

  test('is good when there is nothing to check', async () => {
    expect(await reportHealth({})).toEqual({ ok: true, checks: {} })
  })

  test('names each dependency that is not there, and those that are', async () => {
    const checks = {
      kafka: () => 'no broker',
      redis: () => undefined,
      clickhouse: () => Promise.reject(new Error('refused')),
      disk: () => {
        throw new Error('full')
      },
    }
    expect(await reportHealth(checks)).toEqual({
      ok: false,
      checks: { kafka: 'no broker', redis: 'ok', clickhouse: 'refused', disk: 'full' },
    })
  })

  describe('does not wait for ever:', () => {
    beforeEach(() => {
      vi.useFakeTimers()
    })
    afterEach(() => {
      vi.useRealTimers()
    })

    test('every check, all at once, has three seconds', async () => {
      const report = reportHealth({ kafka: never, redis: never, disk: () => undefined })
      await vi.advanceTimersByTimeAsync(3000)
      expect(await report).toEqual({
        ok: false,
        checks: { kafka: 'no answer within 3000 ms', redis: 'no answer within 3000 ms', disk: 'ok' },
      })
    })

    test('and an answer leaves no timer behind', async () => {
      await reportHealth({ disk: () => undefined, kafka: () => Promise.reject(new Error('away')) })
      expect(vi.getTimerCount()).toBe(0)
    })
  })
})

describe('the watch of progress', () => {
  const STUCK_MS = 60_000
  const watchWithClock = () => {
    let now = 1_000_000
    const watch = createProgressWatch(STUCK_MS, () => now)
    return {
      watch,
      pass: (ms: number) => {
        now += ms
      },
    }
  }

  test('is content without work, for however long', () => {
    const { watch, pass } = watchWithClock()
    pass(10 * STUCK_MS)
    expect(watch.stuck()).toBeUndefined()
  })

  test('says so when work is in hand and none is finished for longer than it may take', () => {
    const { watch, pass } = watchWithClock()
    void watch.during(never())
    pass(STUCK_MS)
    expect(watch.stuck()).toBeUndefined()
    pass(1)
    expect(watch.stuck()).toBe('work in hand, and no progress for 60 s')
  })

  test('counts from the beginning of work, not from the last work before a pause', async () => {
    const { watch, pass } = watchWithClock()
    await watch.during(Promise.resolve())
    pass(10 * STUCK_MS)
    void watch.during(never())
    expect(watch.stuck()).toBeUndefined()
    pass(STUCK_MS + 1)
    expect(watch.stuck()).toBeDefined()
  })

  test('takes other work that is finished as progress, and work that begins as none', async () => {
    const { watch, pass } = watchWithClock()
    void watch.during(never())
    pass(STUCK_MS)
    await watch.during(Promise.resolve())
    pass(STUCK_MS)
    expect(watch.stuck()).toBeUndefined()
    void watch.during(never())
    pass(1)
    expect(watch.stuck()).toBeDefined()
  })

  test('says so when something waits and nobody has it in hand, until it moves', () => {
    const { watch, pass } = watchWithClock()
    let waiting: string | undefined = '7 records to read'
    watch.waits(() => waiting)
    pass(STUCK_MS + 1)
    expect(watch.stuck()).toBe('7 records to read, and no progress for 60 s')
    watch.moved()
    expect(watch.stuck()).toBeUndefined()
    pass(STUCK_MS + 1)
    void watch.during(never())
    expect(watch.stuck()).toBeUndefined()
    pass(STUCK_MS + 1)
    expect(watch.stuck()).toContain('work in hand, 7 records')
    waiting = undefined
    expect(watch.stuck()).toBe('work in hand, and no progress for 60 s')
  })

  test('is content with work that is tried again and again, in vain', async () => {
    const { watch, pass } = watchWithClock()
    const outage = watch.during(never())
    for (let attempt = 0; attempt < 10; attempt += 1) {
      pass(STUCK_MS - 1)
      await expect(watch.during(Promise.reject(new Error('away')))).rejects.toThrow('away')
      expect(watch.stuck()).toBeUndefined()
    }
    pass(STUCK_MS + 1)
    expect(watch.stuck()).toBeDefined()
    void outage
  })

  test('hands on what the work gives, and how it fails, which is an end, too', async () => {
    const { watch, pass } = watchWithClock()
    expect(await watch.during(Promise.resolve(42))).toBe(42)
    const fault = new Error('away')
    await expect(watch.during(Promise.reject(fault))).rejects.toBe(fault)
    pass(10 * STUCK_MS)
    expect(watch.stuck()).toBeUndefined()
  })
})
