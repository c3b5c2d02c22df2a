import type { EnrichJob } from '@baqylau/contracts'
import { createTelemetry } from '@baqylau/service-kit'
import { expect, it, vi } from 'vitest'
import { createAdmission } from './admission.ts'
import { createDispatcherTelemetry } from './telemetry.ts'

const ROOM = 2
const never = new AbortController().signal
const jobAt = (partition: number): EnrichJob => ({
  topic: 'reports',
  partition,
  records: [{ offset: '7', event: '{}' }],
})

const openAdmission = () => {
  const queued: EnrichJob[] = []
  const queue = {
    hasRoomFor: () => Promise.resolve(queued.length < ROOM),
    add: async (job: EnrichJob) => {
      // As long as a call takes: others would look meanwhile.
      await Promise.resolve()
      queued.push(job)
    },
    remove: () => Promise.resolve(),
    standingOf: () => Promise.resolve('absent' as const),
  }
  const telemetry = createDispatcherTelemetry(createTelemetry('dispatcher', 'silent'))
  return { queued, ...createAdmission(queue, telemetry) }
}

it('adds no more than there is room for, however many come at once, and each when there is', async () => {
  const { queued, admit, admitNow } = openAdmission()
  const all = [0, 1, 2, 3].map((partition) => admit(jobAt(partition), never))
  await Promise.all(all.slice(0, ROOM))
  expect(await admitNow(jobAt(9), never)).toBe(false)
  expect(queued).toEqual([jobAt(0), jobAt(1)])
  queued.shift()
  await all[2]
  expect(queued).toEqual([jobAt(1), jobAt(2)])
  queued.shift()
  await all[3]
  expect(queued).toEqual([jobAt(2), jobAt(3)])
})

it('lets go of a job that is taken away while it waits, and goes on with the next', async () => {
  const { queued, admit, admitNow } = openAdmission()
  const taken = new AbortController()
  await Promise.all([admit(jobAt(0), never), admit(jobAt(1), never)])
  const waiting = admit(jobAt(2), taken.signal)
  const next = admit(jobAt(3), never)
  taken.abort(new Error('taken away'))
  await expect(waiting).rejects.toThrow('taken away')
  await expect(admitNow(jobAt(4), taken.signal)).rejects.toThrow('taken away')
  queued.shift()
  await next
  await vi.waitFor(() => expect(queued).toEqual([jobAt(1), jobAt(3)]))
})
