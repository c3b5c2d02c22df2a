import { randomBytes, randomUUID } from 'node:crypto'
import { decodeJob, type EnrichJob, jobDigestOf } from '@baqylau/contracts'
import { openJobQueue, startJobWorker } from '@baqylau/queue'
import { createProgressWatch, createTelemetry } from '@baqylau/service-kit'
import { expect, it, onTestFinished, vi } from 'vitest'
import { redisEnrichmentQueue } from './adapters/redis-enrichment-queue.ts'
import { createJobsInFlight } from './jobs-in-flight.ts'
import { createDispatcherTelemetry } from './telemetry.ts'

const PATIENCE = { timeout: 20_000, interval: 20 }
const JOB: EnrichJob = {
  topic: 'reports',
  partition: 0,
  records: ['a', 'b'].map((event, index) => ({ offset: String(index), event })),
}

it('finds by checking that a job is done of which it never heard', async () => {
  const place = {
    redisUrl: process.env['REDIS_URL'] ?? '',
    prefix: `unheard-${randomUUID().slice(0, 8)}.`,
    sealingKey: randomBytes(32),
  }
  const queue = openJobQueue({ ...place, attempts: 1 })
  onTestFinished(queue.close)
  // Nobody listens for finished jobs here: every hint is lost.
  const jobs = createJobsInFlight(
    redisEnrichmentQueue(queue, 1, createProgressWatch(60_000)),
    createDispatcherTelemetry(createTelemetry('dispatcher', 'silent')),
  )
  let isDone = false
  const running = jobs.run(JOB, new AbortController().signal).finally(() => {
    isDone = true
  })
  await vi.waitFor(() => expect(jobs.count()).toBe(1), PATIENCE)
  await jobs.checkAll()
  expect(isDone).toBe(false)
  const worker = startJobWorker({
    ...place,
    concurrency: 1,
    process: ({ payload }) => Promise.resolve(jobDigestOf(decodeJob(payload))),
    onError: () => undefined,
  })
  onTestFinished(worker.close)
  await vi.waitFor(async () => expect(await queue.depth()).toMatchObject({ waiting: 0, active: 0 }), PATIENCE)
  expect(isDone).toBe(false)
  await jobs.checkAll()
  await running
  expect(jobs.count()).toBe(0)
})
