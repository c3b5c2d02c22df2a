import type { EnrichJob } from '@baqylau/contracts'
import { createTelemetry } from '@baqylau/service-kit'
import { expect, it, vi } from 'vitest'
import { createJobsInFlight } from './jobs-in-flight.ts'
import type { JobStanding } from './ports.ts'
import { createDispatcherTelemetry } from './telemetry.ts'

const JOB: EnrichJob = { topic: 'reports', partition: 0, records: [{ offset: '7', event: '{}' }] }
const JOB_ID = 'reports_0_7_7'

it('looks again when a hint comes while an older answer is under way', async () => {
  const answers: PromiseWithResolvers<JobStanding>[] = []
  const standingOf = (): Promise<JobStanding> => {
    const answer = Promise.withResolvers<JobStanding>()
    answers.push(answer)
    return answer.promise
  }
  const queue = {
    hasRoomFor: () => Promise.resolve(true),
    add: () => Promise.resolve(),
    remove: () => Promise.resolve(),
    standingOf,
  }
  const jobs = createJobsInFlight(queue, createDispatcherTelemetry(createTelemetry('dispatcher', 'silent')))
  const done = jobs.run(JOB, new AbortController().signal)
  await vi.waitFor(() => expect(answers).toHaveLength(1))
  jobs.hint(JOB_ID)
  answers[0]?.resolve('in_progress')
  await vi.waitFor(() => expect(answers).toHaveLength(2))
  answers[1]?.resolve('done')
  await done
  expect(jobs.count()).toBe(0)
})

it('tries a job of a single report that fails again, with pauses, and says which one it is', async () => {
  const standings: JobStanding[] = ['failed', 'failed', 'done']
  const removed: number[] = []
  const queue = {
    hasRoomFor: () => Promise.resolve(true),
    add: () => Promise.resolve(),
    remove: () => {
      removed.push(performance.now())
      return Promise.resolve()
    },
    standingOf: () => Promise.resolve(standings.shift() ?? 'done'),
  }
  const jobs = createJobsInFlight(queue, createDispatcherTelemetry(createTelemetry('dispatcher', 'silent')))
  const done = jobs.run(JOB, new AbortController().signal)
  await vi.waitFor(() => expect(jobs.trouble()).toContain(JOB_ID))
  await done
  expect(jobs.trouble()).toBeUndefined()
  expect((removed[1] ?? 0) - (removed[0] ?? 0)).toBeGreaterThan(100)
})

it('has the events of a failed job in the queue one at a time', async () => {
  const records = ['1', '2', '3'].map((offset) => ({ offset, event: '{}' }))
  let inQueue = 0
  let inQueueMax = 0
  const queue = {
    hasRoomFor: () => Promise.resolve(true),
    add: () => {
      inQueue += 1
      inQueueMax = Math.max(inQueueMax, inQueue)
      return Promise.resolve()
    },
    remove: () => {
      inQueue -= 1
      return Promise.resolve()
    },
    standingOf: (job: EnrichJob) => Promise.resolve<JobStanding>(job.records.length > 1 ? 'failed' : 'done'),
  }
  const jobs = createJobsInFlight(queue, createDispatcherTelemetry(createTelemetry('dispatcher', 'silent')))
  await jobs.run({ ...JOB, records }, new AbortController().signal)
  expect(inQueueMax).toBe(1)
})
