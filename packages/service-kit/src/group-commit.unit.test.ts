import * as fc from 'fast-check'
import { AppError } from '@baqylau/contracts'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createGroupCommit, type GroupCommitOptions } from './group-commit.ts'

/** Commits that end when the test says so; each item is as many bytes as its number says. */
const openCommits = (options: Partial<GroupCommitOptions<number>> = {}) => {
  const commits: { readonly items: readonly number[]; readonly end: PromiseWithResolvers<void> }[] = []
  const group = createGroupCommit<number>({
    commit: (items) => {
      const end = Promise.withResolvers<void>()
      commits.push({ items, end })
      return end.promise
    },
    bytesOf: (item) => item,
    itemsMax: 100,
    bytesMax: 1000,
    pendingBytesMax: 10_000,
    lingerMs: 0,
    ...options,
  })
  return { group, commits, committed: () => commits.map(({ items }) => items) }
}
/** Lets everything that waits for nothing but its turn have it. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a group commit', () => {
  test('commits a lone submission at once, and resolves it when that is done', async () => {
    const { group, commits, committed } = openCommits()
    const steps: string[] = []
    const submission = group.submit([1, 2, 3]).then(() => steps.push('resolved'))
    await settle()
    expect(committed()).toEqual([[1, 2, 3]])
    steps.push('committed')
    commits[0]?.end.resolve()
    await submission
    expect(steps).toEqual(['committed', 'resolved'])
  })

  test('gathers what comes in while a commit is under way into the next one, in order', async () => {
    const { group, commits, committed } = openCommits()
    const first = group.submit([1])
    await settle()
    const others = [group.submit([2, 3]), group.submit([4]), group.submit([5, 6])]
    await settle()
    expect(committed()).toEqual([[1]])
    commits[0]?.end.resolve()
    await first
    await settle()
    expect(committed()).toEqual([[1], [2, 3, 4, 5, 6]])
    commits[1]?.end.resolve()
    await Promise.all(others)
  })

  test('drops what still waits when its signal is aborted, and not what is being committed', async () => {
    const { group, commits, committed } = openCommits()
    const taken = new AbortController()
    const first = group.submit([1], taken.signal)
    await settle()
    const waiting = [group.submit([2], taken.signal), group.submit([3]), group.submit([4], taken.signal)]
    expect(group.pendingBytes()).toBe(10)
    taken.abort(new Error('taken away'))
    await expect(waiting[0]).rejects.toThrow('taken away')
    await expect(waiting[2]).rejects.toThrow('taken away')
    await expect(group.submit([5], taken.signal)).rejects.toThrow('taken away')
    expect(group.pendingBytes()).toBe(4)
    commits[0]?.end.resolve()
    await first
    await settle()
    expect(committed()).toEqual([[1], [3]])
    commits[1]?.end.resolve()
    await waiting[1]
    expect(group.pendingBytes()).toBe(0)
  })

  test('commits nothing when all that lingered was dropped, and goes on with what comes then', async () => {
    const { group, commits, committed } = openCommits({ lingerMs: 5 })
    const taken = new AbortController()
    const dropped = group.submit([1], taken.signal)
    taken.abort(new Error('taken away'))
    await expect(dropped).rejects.toThrow('taken away')
    await group.drained()
    const next = group.submit([2])
    await vi.waitFor(() => expect(committed()).toEqual([[2]]))
    commits[0]?.end.resolve()
    await next
  })

  test('takes whole submissions up to the bound of items', async () => {
    const { group, commits, committed } = openCommits({ itemsMax: 3 })
    void group.submit([1, 2])
    void group.submit([3, 4])
    void group.submit([5])
    await settle()
    commits[0]?.end.resolve()
    await settle()
    expect(committed()).toEqual([
      [1, 2],
      [3, 4, 5],
    ])
  })

  test('takes whole submissions up to the bound of bytes', async () => {
    const { group, commits, committed } = openCommits({ bytesMax: 100 })
    void group.submit([60])
    void group.submit([41])
    void group.submit([59])
    await settle()
    commits[0]?.end.resolve()
    await settle()
    expect(committed()).toEqual([[60], [41, 59]])
  })

  test('commits a submission that is past the bound by itself, and whole', async () => {
    const { group, committed } = openCommits({ itemsMax: 2 })
    void group.submit([1, 2, 3, 4])
    await settle()
    expect(committed()).toEqual([[1, 2, 3, 4]])
  })

  test('commits nothing for nothing', async () => {
    const { group, committed } = openCommits()
    await group.submit([])
    expect(committed()).toEqual([])
  })

  test('rejects with a failed commit what was in it, and nothing else', async () => {
    const { group, commits } = openCommits()
    const first = group.submit([1])
    await settle()
    const second = group.submit([2])
    const fault = new Error('the broker is away')
    commits[0]?.end.reject(fault)
    await expect(first).rejects.toBe(fault)
    await settle()
    commits[1]?.end.resolve()
    await expect(second).resolves.toBeUndefined()
  })

  test('goes on after a commit that throws before it begins', async () => {
    const fault = new Error('no producer')
    const commit = vi.fn<() => Promise<void>>().mockImplementationOnce(() => {
      throw fault
    })
    const { group } = openCommits({ commit: commit.mockResolvedValue() })
    await expect(group.submit([1])).rejects.toBe(fault)
    await expect(group.submit([2])).resolves.toBeUndefined()
  })
})

describe('what waits is bounded:', () => {
  test('past the bound a submission is refused as overloaded, and retryable', async () => {
    const { group, committed } = openCommits({ pendingBytesMax: 100 })
    void group.submit([60])
    void group.submit([40])
    const refused = await group.submit([1]).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(AppError)
    expect(refused).toMatchObject({ code: 'overloaded', retryable: true, status: 503 })
    expect(group.pendingBytes()).toBe(100)
    await settle()
    expect(committed()).toEqual([[60, 40]])
  })

  test('what is under way counts, until it has ended, well or badly', async () => {
    const { group, commits } = openCommits({ pendingBytesMax: 100 })
    const first = group.submit([100])
    await settle()
    await expect(group.submit([1])).rejects.toThrow('Try again')
    commits[0]?.end.reject(new Error('away'))
    await expect(first).rejects.toThrow('away')
    expect(group.pendingBytes()).toBe(0)
    void group.submit([100])
    expect(group.pendingBytes()).toBe(100)
  })

  test('alone, a submission of any size is taken', async () => {
    const { group, commits } = openCommits({ pendingBytesMax: 100 })
    const large = group.submit([5000])
    await settle()
    commits[0]?.end.resolve()
    await expect(large).resolves.toBeUndefined()
  })
})

describe('drained', () => {
  test('resolves at once when there is nothing', async () => {
    await expect(openCommits().group.drained()).resolves.toBeUndefined()
  })

  test('waits for what is under way, and for what waits', async () => {
    const { group, commits } = openCommits()
    const drained = vi.fn<() => void>()
    void group.submit([1])
    await settle()
    void group.submit([2])
    const waiting = group.drained().then(drained)
    commits[0]?.end.resolve()
    await settle()
    expect(drained).not.toHaveBeenCalled()
    commits[1]?.end.resolve()
    await waiting
    expect(group.pendingBytes()).toBe(0)
  })

  test('resolves, too, when the last commit failed', async () => {
    const { group, commits } = openCommits()
    const failed = group.submit([1])
    await settle()
    commits[0]?.end.reject(new Error('away'))
    await expect(failed).rejects.toThrow('away')
    await expect(group.drained()).resolves.toBeUndefined()
  })
})

describe('the first submission lingers', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('for company', async () => {
    const { group, committed } = openCommits({ lingerMs: 5 })
    void group.submit([1])
    await vi.advanceTimersByTimeAsync(4)
    void group.submit([2])
    expect(committed()).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(committed()).toEqual([[1, 2]])
  })

  test.each([
    ['items', { itemsMax: 2 }],
    ['bytes', { bytesMax: 3 }],
  ])('but not when it has all the %s that one commit takes', async (_what, bound) => {
    const { group, committed } = openCommits({ lingerMs: 5, ...bound })
    void group.submit([1, 2])
    await vi.advanceTimersByTimeAsync(0)
    expect(committed()).toEqual([[1, 2]])
  })
})

test('whatever comes when: one commit at a time, each item once and in order, submissions whole, within the bounds', async () => {
  const itemsMax = 5
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.record({ size: fc.integer({ min: 1, max: 7 }), fails: fc.boolean() }), { maxLength: 12 }),
      async (scheduler, plan) => {
        const submissions = plan.map(({ size }, index) =>
          Array.from({ length: size }, (_, part) => `${index}.${part}`),
        )
        const failing = new Set(
          submissions.filter((_, index) => plan[index]?.fails === true).map(([first]) => first),
        )
        const commits: (readonly string[])[] = []
        let underWay = 0
        const group = createGroupCommit<string>({
          commit: async (items) => {
            underWay += 1
            expect(underWay).toBe(1)
            commits.push(items)
            await scheduler.schedule(Promise.resolve())
            underWay -= 1
            if (items.some((item) => failing.has(item))) throw new Error('away')
          },
          bytesOf: () => 1,
          itemsMax,
          bytesMax: 1000,
          pendingBytesMax: 1000,
          lingerMs: 0,
        })
        const outcomes = submissions.map(async (items) => {
          await scheduler.schedule(Promise.resolve())
          return group.submit(items).then(
            () => 'committed',
            () => 'failed',
          )
        })
        await scheduler.waitFor(Promise.all(outcomes))
        await group.drained()
        expect(commits.flat().toSorted()).toEqual(submissions.flat().toSorted())
        for (const [index, items] of submissions.entries()) {
          const commit = commits.find((candidate) => candidate.includes(items[0] ?? '')) ?? []
          const start = commit.indexOf(items[0] ?? '')
          expect(commit.slice(start, start + items.length)).toEqual(items)
          expect(commit.length <= itemsMax || commit.length === items.length).toBe(true)
          const failed = commit.some((item) => failing.has(item))
          expect(await outcomes[index]).toBe(failed ? 'failed' : 'committed')
        }
        expect(group.pendingBytes()).toBe(0)
      },
    ),
  )
})
