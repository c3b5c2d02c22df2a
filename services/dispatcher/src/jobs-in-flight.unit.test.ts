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
  const queue = { add: () => Promise.resolve(), remove: () => Promise.resolve(), standingOf }
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
