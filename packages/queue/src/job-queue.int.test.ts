import { randomBytes, randomUUID } from 'node:crypto'
import { AppError } from '@baqylau/contracts'
import { Redis } from 'ioredis'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type JobQueue, listenForFinishedJobs, openJobQueue } from './job-queue.ts'
import { type JobInHand, type JobWorker, startJobWorker } from './job-worker.ts'

const redisUrl = process.env['REDIS_URL'] ?? ''
const sealingKey = randomBytes(32)
const PATIENCE = { timeout: 20_000, interval: 20 }

interface Place {
  readonly prefix: string
  readonly queue: JobQueue
  readonly work: (process: (job: JobInHand) => Promise<string>) => JobWorker
}

/** A queue of its own, closed with the test. */
const openPlace = (attempts = 2): Place => {
  const prefix = `queue-${randomUUID().slice(0, 8)}.`
  const queue = openJobQueue({ redisUrl, prefix, sealingKey, attempts })
  onTestFinished(queue.close)
  return {
    prefix,
    queue,
    work: (process) => {
      const worker = startJobWorker({
        redisUrl,
        prefix,
        sealingKey,
        concurrency: 2,
        process,
        onError: () => undefined,
      })
      onTestFinished(worker.close)
      return worker
    },
  }
}

const becomes = (queue: JobQueue, id: string, state: string) =>
  vi.waitFor(async () => expect(await queue.stateOf(id)).toMatchObject({ state }), PATIENCE)

describe('a job', () => {
  it('is absent, in progress, completed with its result, and absent again once removed', async () => {
    const { queue, work } = openPlace()
    expect(await queue.stateOf('a')).toEqual({ state: 'absent' })
    await queue.add({ id: 'a', payload: 'қамауға алынды' })
    expect(await queue.stateOf('a')).toEqual({ state: 'in_progress' })
    work(({ id, payload }) => Promise.resolve(`${id}: ${payload}`))
    await becomes(queue, 'a', 'completed')
    expect(await queue.stateOf('a')).toEqual({ state: 'completed', result: 'a: қамауға алынды' })
    await queue.remove('a')
    expect(await queue.stateOf('a')).toEqual({ state: 'absent' })
    await expect(queue.remove('a')).resolves.toBeUndefined()
  })

  it('is not added again while it is there, done or not', async () => {
    const { queue, work } = openPlace()
    const seen: string[] = []
    await queue.add({ id: 'a', payload: 'first' })
    await queue.add({ id: 'a', payload: 'second' })
    work(({ payload }) => {
      seen.push(payload)
      return Promise.resolve('done')
    })
    await becomes(queue, 'a', 'completed')
    await queue.add({ id: 'a', payload: 'third' })
    await queue.add({ id: 'b', payload: 'other' })
    await becomes(queue, 'b', 'completed')
    expect(seen).toEqual(['first', 'other'])
    expect(await queue.stateOf('a')).toEqual({ state: 'completed', result: 'done' })
  })

  it('is never seen as completed without its result, however closely it is watched', async () => {
    const { queue, work } = openPlace()
    work(({ id }) => Promise.resolve(id))
    for (let index = 0; index < 100; index += 1) {
      const id = `watched_${index}`
      await queue.add({ id, payload: 'x' })
      let seen = await queue.stateOf(id)
      while (seen.state !== 'completed') seen = await queue.stateOf(id)
      expect(seen).toEqual({ state: 'completed', result: id })
    }
  })

  it.each([
    ['an error', new Error('the step failed')],
    ['an error of ours that does not pass', new AppError('event_invalid', 'no such thing')],
  ])('fails after as many attempts as it has, each ended by %s', async (_name, error) => {
    const { queue, work } = openPlace(3)
    const last: boolean[] = []
    await queue.add({ id: 'a', payload: 'x' })
    work(({ isLastAttempt }) => {
      last.push(isLastAttempt)
      return Promise.reject(error)
    })
    await becomes(queue, 'a', 'failed')
    expect(last).toEqual([false, false, true])
    expect(await queue.stateOf('a')).toEqual({ state: 'failed', reason: error.message })
    await queue.remove('a')
    expect(await queue.stateOf('a')).toEqual({ state: 'absent' })
  })

  it('waits through an outage, and is no attempt poorer', async () => {
    const { queue, work } = openPlace(2)
    const last: boolean[] = []
    await queue.add({ id: 'a', payload: 'x' })
    work(({ isLastAttempt }) => {
      last.push(isLastAttempt)
      return last.length <= 3
        ? Promise.reject(new AppError('log_unavailable', 'away'))
        : Promise.resolve('done')
    })
    await becomes(queue, 'a', 'completed')
    expect(last).toEqual([false, false, false, false])
  })

  it('of another deployment’s key is no work, and fails', async () => {
    const { queue, prefix, work } = openPlace(1)
    const other = openJobQueue({ redisUrl, prefix, sealingKey: randomBytes(32), attempts: 1 })
    onTestFinished(other.close)
    await other.add({ id: 'a', payload: 'x' })
    const processed = vi.fn<() => Promise<string>>(() => Promise.resolve('done'))
    work(processed)
    await becomes(queue, 'a', 'failed')
    expect(processed).not.toHaveBeenCalled()
  })
})

describe('the queue', () => {
  it('tells how deep it is', async () => {
    const { queue, work } = openPlace(1)
    for (const id of ['a', 'b', 'c', 'd', 'e']) await queue.add({ id, payload: id })
    expect(await queue.depth()).toEqual({ waiting: 5, active: 0, failed: 0 })
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    work(async ({ id }) => {
      if (id === 'a') throw new Error('no')
      await released
      return 'done'
    })
    await vi.waitFor(
      async () => expect(await queue.depth()).toEqual({ waiting: 2, active: 2, failed: 1 }),
      PATIENCE,
    )
    release()
    await vi.waitFor(
      async () => expect(await queue.depth()).toEqual({ waiting: 0, active: 0, failed: 1 }),
      PATIENCE,
    )
  })

  it('hints at jobs that completed and that failed', async () => {
    const { queue, prefix, work } = openPlace(1)
    const hints: string[] = []
    const listener = listenForFinishedJobs({ redisUrl, prefix }, (id) => hints.push(id))
    onTestFinished(listener.close)
    work(({ id }) => (id.startsWith('bad') ? Promise.reject(new Error('no')) : Promise.resolve('done')))
    // The listener hears what comes after it has begun to listen.
    let count = 0
    await vi.waitFor(async () => {
      count += 1
      await queue.add({ id: `good-${count}`, payload: 'x' })
      await queue.add({ id: `bad-${count}`, payload: 'x' })
      expect(hints.some((id) => id.startsWith('good'))).toBe(true)
      expect(hints.some((id) => id.startsWith('bad'))).toBe(true)
    }, PATIENCE)
  })

  it('has nothing of a payload in Redis in clear, waiting, done or failed', async () => {
    const marker = 'Айгүл-КұпияМаркер'
    const { queue, prefix, work } = openPlace(1)
    for (const id of ['good_1', 'bad_2'])
      await queue.add({ id, payload: JSON.stringify({ narrative: marker }) })
    expect(await everythingUnder(prefix)).not.toContain(marker)
    work(({ id }) => (id === 'bad_2' ? Promise.reject(new Error('no')) : Promise.resolve('done')))
    await becomes(queue, 'good_1', 'completed')
    await becomes(queue, 'bad_2', 'failed')
    const everything = await everythingUnder(prefix)
    expect(everything).toContain('sealed')
    expect(everything).not.toContain(marker)
    expect(everything).not.toContain(Buffer.from(marker).toString('base64').slice(0, 16))
  })

  it('takes a prefix that has colons', async () => {
    const prefix = `a:b:${randomUUID()}`
    const queue = openJobQueue({ redisUrl, prefix, sealingKey, attempts: 1 })
    onTestFinished(queue.close)
    await queue.add({ id: 'a', payload: 'x' })
    expect(await queue.stateOf('a')).toEqual({ state: 'in_progress' })
  })

  it('says soon that Redis was never there', async () => {
    const queue = openJobQueue({ redisUrl: 'redis://127.0.0.1:1', prefix: 'x', sealingKey, attempts: 1 })
    onTestFinished(queue.close)
    const away = { code: 'queue_unavailable', retryable: true }
    const startedAt = performance.now()
    const calls = [
      queue.ping(),
      queue.add({ id: 'a', payload: 'x' }),
      queue.stateOf('a'),
      queue.remove('a'),
      queue.depth(),
    ]
    for (const call of calls) await expect(call).rejects.toMatchObject(away)
    expect(performance.now() - startedAt).toBeLessThan(7000)
  })
})

/** Every key and every value under a prefix, as one text. */
const everythingUnder = async (prefix: string): Promise<string> => {
  const redis = new Redis(redisUrl)
  try {
    const keys = await redis.keys(`*${prefix}*`)
    const values = await Promise.all(keys.map((key) => valueOf(redis, key)))
    return JSON.stringify([keys, values])
  } finally {
    redis.disconnect()
  }
}

const valueOf = async (redis: Redis, key: string): Promise<unknown> => {
  switch (await redis.type(key)) {
    case 'hash':
      return redis.hgetall(key)
    case 'list':
      return redis.lrange(key, 0, -1)
    case 'zset':
      return redis.zrange(key, '0', '-1')
    case 'set':
      return redis.smembers(key)
    case 'stream':
      return redis.xrange(key, '-', '+')
    case 'none':
      return undefined
    default:
      return redis.get(key)
  }
}
