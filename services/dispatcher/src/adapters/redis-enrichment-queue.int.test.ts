import { randomBytes, randomUUID } from 'node:crypto'
import { decodeJob, type EnrichJob, jobDigestOf, jobIdOf } from '@baqylau/contracts'
import { openJobQueue, startJobWorker } from '@baqylau/queue'
import { createProgressWatch } from '@baqylau/service-kit'
import { afterAll, expect, it, onTestFinished, vi } from 'vitest'
import { redisEnrichmentQueue } from './redis-enrichment-queue.ts'

const place = {
  redisUrl: process.env['REDIS_URL'] ?? '',
  prefix: `dispatcher-${randomUUID().slice(0, 8)}.`,
  sealingKey: randomBytes(32),
}
const queue = openJobQueue({ ...place, attempts: 1 })
const JOBS_MAX = 3
const jobs = redisEnrichmentQueue(queue, JOBS_MAX, createProgressWatch(60_000))
const PATIENCE = { timeout: 20_000, interval: 20 }
const seen: string[] = []
const worker = startJobWorker({
  ...place,
  concurrency: 1,
  process: ({ payload }) => {
    seen.push(payload)
    return payload.includes('fail')
      ? Promise.reject(new Error('no'))
      : Promise.resolve(jobDigestOf(decodeJob(payload)))
  },
  onError: () => undefined,
})
afterAll(async () => {
  await worker.close()
  await queue.close()
})

const jobOf = (...events: readonly string[]): EnrichJob => ({
  topic: 'reports',
  partition: 0,
  records: events.map((event, index) => ({ offset: String(index), event })),
})
const stands = (job: EnrichJob, standing: string) =>
  vi.waitFor(async () => expect(await jobs.standingOf(job)).toBe(standing), PATIENCE)

it('is done with a job whose digest comes back, and has failed with one that failed', async () => {
  const job = jobOf('a', 'b')
  expect(await jobs.standingOf(job)).toBe('absent')
  await jobs.add(job)
  await stands(job, 'done')
  await jobs.remove(job)
  await jobs.add(jobOf('a', 'fail'))
  await stands(jobOf('a', 'fail'), 'failed')
  await jobs.remove(job)
  expect(await jobs.standingOf(job)).toBe('absent')
})

it('does not believe a completed job of another log under the same id', async () => {
  const ofOldLog = jobOf('old 1', 'old 2', 'old 3')
  const ofNewLog = jobOf('new 1', 'new 2', 'new 3')
  expect(jobIdOf(ofOldLog)).toBe(jobIdOf(ofNewLog))
  await jobs.add(ofOldLog)
  await stands(ofOldLog, 'done')
  // Adding does nothing while the old one is there: only looking at it makes room.
  await jobs.add(ofNewLog)
  expect(await jobs.standingOf(ofNewLog)).toBe('absent')
  await jobs.add(ofNewLog)
  await stands(ofNewLog, 'done')
  expect(seen.some((payload) => payload.includes('new 1'))).toBe(true)
})

it('has room until there are as many unfinished jobs as there may be, and still for those that are there', async () => {
  const elsewhere = { ...place, prefix: `${place.prefix}room.` }
  const idle = openJobQueue({ ...elsewhere, attempts: 1 })
  onTestFinished(idle.close)
  const waiting = redisEnrichmentQueue(idle, JOBS_MAX, createProgressWatch(60_000))
  const jobAt = (partition: number): EnrichJob => ({ ...jobOf('a'), partition })
  for (let partition = 0; partition < JOBS_MAX; partition += 1) {
    expect(await waiting.hasRoomFor(jobAt(partition))).toBe(true)
    await waiting.add(jobAt(partition))
  }
  expect(await waiting.hasRoomFor(jobAt(JOBS_MAX))).toBe(false)
  expect(await waiting.hasRoomFor(jobAt(0))).toBe(true)
  await waiting.remove(jobAt(1))
  expect(await waiting.hasRoomFor(jobAt(JOBS_MAX))).toBe(true)
})
