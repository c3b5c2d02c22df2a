import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Stack, startStack } from '@baqylau/infra-local'
import { type JobInHand, type JobQueue, openJobQueue, startJobWorker } from '@baqylau/queue'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { openForgetfulWay } from '../support/forgetful-way.ts'

const folder = mkdtempSync(join(tmpdir(), 'baqylau-redis-outage-'))
const sealingKey = randomBytes(32)
const PATIENCE = { timeout: 45_000, interval: 50 }
let stack: Stack
let redisUrl = ''
let queue: JobQueue

beforeAll(async () => {
  // Redis alone: the other two are said to be elsewhere.
  stack = await startStack({
    dataDir: folder,
    external: { kafkaBrokers: 'none:1', clickhouseUrl: 'http://none:1' },
  })
  redisUrl = stack.env['REDIS_URL'] ?? ''
  queue = openJobQueue({ redisUrl, prefix: 'outage', sealingKey, attempts: 2 })
})
afterAll(async () => {
  await queue.close()
  await stack.stop()
  rmSync(folder, { recursive: true, force: true })
})

const work = (process: (job: JobInHand) => Promise<string>) => {
  const worker = startJobWorker({
    redisUrl,
    prefix: 'outage',
    sealingKey,
    concurrency: 2,
    process,
    onError: () => undefined,
  })
  onTestFinished(worker.close)
  return worker
}

const becomes = (id: string, state: string) =>
  vi.waitFor(async () => expect(await queue.stateOf(id)).toMatchObject({ state }), PATIENCE)

const redisCommand = async (command: string): Promise<void> => {
  const socket = connect(Number(new URL(redisUrl).port), '127.0.0.1')
  socket.write(`${command}\r\n`)
  await once(socket, 'data')
  socket.destroy()
}

/** A worker in a process of its own, which says which job it has, and never finishes it. */
const startStuckWorker = async (): Promise<{ readonly child: ChildProcess; readonly jobId: string }> => {
  const script = join(folder, 'stuck-worker.ts')
  writeFileSync(
    script,
    `import { startJobWorker } from ${JSON.stringify(join(import.meta.dirname, '../../packages/queue/src/index.ts'))}
     startJobWorker({
       redisUrl: ${JSON.stringify(redisUrl)},
       prefix: 'outage',
       sealingKey: Buffer.from(${JSON.stringify(sealingKey.toString('hex'))}, 'hex'),
       concurrency: 1,
       process: ({ id }) => { console.log(id); return new Promise(() => undefined) },
       onError: console.error,
     })`,
  )
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, jobId: said.toString('utf8').trim() }
}

it('gives the job of a killed worker to another, twice in a row, and it is no attempt poorer', async () => {
  await queue.add({ id: 'orphan_1', payload: 'x' })
  for (let round = 0; round < 2; round += 1) {
    const { child, jobId } = await startStuckWorker()
    expect(jobId).toBe('orphan_1')
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const last: boolean[] = []
  work(({ isLastAttempt }) => {
    last.push(isLastAttempt)
    return last.length === 1 ? Promise.reject(new Error('first attempt')) : Promise.resolve('done')
  })
  await becomes('orphan_1', 'completed')
  expect(last).toEqual([false, true])
})

it('has no job any more once it was wiped, not even one in hand, and takes them again', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const inHand: string[] = []
  const worker = work(async ({ id }) => {
    inHand.push(id)
    await released
    return 'done'
  })
  await queue.add({ id: 'wiped_1', payload: 'x' })
  await vi.waitFor(() => expect(inHand).toEqual(['wiped_1']), PATIENCE)
  await redisCommand('FLUSHALL')
  expect(await queue.stateOf('wiped_1')).toEqual({ state: 'absent' })
  release()
  await vi.waitFor(async () => {
    await queue.add({ id: 'wiped_1', payload: 'x' })
    expect(await queue.stateOf('wiped_1')).toEqual({ state: 'completed', result: 'done' })
  }, PATIENCE)
  expect(worker.trouble()).toBeUndefined()
})

it('is waited for when it is killed: calls fail, then everything goes on by itself', async () => {
  const worker = work(() => Promise.resolve('done'))
  await vi.waitFor(() => expect(worker.trouble()).toBeUndefined(), PATIENCE)
  stack.redis?.kill('SIGKILL')
  await vi.waitFor(() => expect(stack.redis?.isRunning).toBe(false), PATIENCE)
  await expect(queue.add({ id: 'away_1', payload: 'x' })).rejects.toMatchObject({ code: 'queue_unavailable' })
  await expect(queue.ping()).rejects.toMatchObject({ code: 'queue_unavailable' })
  await vi.waitFor(() => expect(worker.trouble()).toBeTypeOf('string'), PATIENCE)
  await stack.redis?.restart()
  // Without a job: readiness comes back by itself.
  await vi.waitFor(() => expect(worker.trouble()).toBeUndefined(), PATIENCE)
  await vi.waitFor(() => queue.ping(), PATIENCE)
  await queue.add({ id: 'away_1', payload: 'x' })
  await becomes('away_1', 'completed')
})

it('is away also when it hangs: calls fail in seconds', async () => {
  stack.redis?.kill('SIGSTOP')
  onTestFinished(() => stack.redis?.kill('SIGCONT'))
  const startedAt = performance.now()
  await expect(queue.stateOf('hung_1')).rejects.toMatchObject({ code: 'queue_unavailable' })
  expect(performance.now() - startedAt).toBeLessThan(8000)
})

it('lets a worker close while Redis is away', async () => {
  const worker = work(() => Promise.resolve('done'))
  await vi.waitFor(() => expect(worker.trouble()).toBeUndefined(), PATIENCE)
  stack.redis?.kill('SIGKILL')
  await vi.waitFor(() => expect(worker.trouble()).toBeTypeOf('string'), PATIENCE)
  const startedAt = performance.now()
  await worker.close()
  expect(performance.now() - startedAt).toBeLessThan(5000)
  await stack.redis?.restart()
})

it('goes on over new connections when the old ones lead nowhere, and no one says so', async () => {
  const way = await openForgetfulWay(Number(new URL(redisUrl).port))
  onTestFinished(way.close)
  const place = { redisUrl: `redis://127.0.0.1:${way.port}`, prefix: 'forgotten', sealingKey }
  const far = openJobQueue({ ...place, attempts: 1 })
  onTestFinished(far.close)
  const worker = startJobWorker({
    ...place,
    concurrency: 1,
    process: () => Promise.resolve('done'),
    onError: () => undefined,
  })
  onTestFinished(worker.close)
  const isDone = (id: string) =>
    vi.waitFor(
      async () => {
        await far.add({ id, payload: 'x' })
        expect(await far.stateOf(id)).toMatchObject({ state: 'completed' })
      },
      { timeout: 30_000, interval: 50 },
    )
  await isDone('before_1')
  way.forget()
  await isDone('after_1')
})
