import { createStandstill, createTelemetry } from '@baqylau/service-kit'
import { replayHeaders } from '@baqylau/contracts'
import { array, assert, constantFrom, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDispatcher } from './app.ts'
import { planBatch, planJobs, type ReportRecord, splitJob } from './domain/plan-jobs.ts'
import type { JobsInFlight } from './jobs-in-flight.ts'
import { createDispatcherTelemetry } from './telemetry.ts'

const REPORT = {
  kind: 'press_seizure',
  occurred: { from: '2005-10-19', precision: 'day' },
  place: { text: 'Almaty' },
  confidentiality: 'public',
  details: { outlet: 'Svoboda slova' },
}
const event = (type: string, padding = '') =>
  JSON.stringify({
    specversion: '1.0',
    id: '0106815a-7b4a-5e4d-b6ae-2bd35d135459',
    type: `kz.baqylau.report.${type}.v1`,
    source: 'urn:baqylau:intake',
    time: '2005-10-19T10:00:00Z',
    subject: '0106815a-7b4a-7e4d-b6ae-2bd35d135459',
    datacontenttype: 'application/json',
    author: 'author',
    revision: type === 'submitted' ? 1 : 2,
    contenthash: 'a'.repeat(64),
    receipthash: 'b'.repeat(64),
    data:
      type === 'retracted'
        ? { personal: { reason: 'a mistake' }, sealing: 'none' }
        : {
            report: { ...REPORT, ...(padding === '' ? {} : { statedReason: padding }) },
            personal: {},
            sealing: 'none',
          },
  })
const records = (...values: readonly (string | null)[]): readonly ReportRecord[] =>
  values.map((value, index) => ({
    topic: 'reports',
    partition: 0,
    offset: String(index),
    value: value === null ? null : Buffer.from(value),
  }))

describe('planning jobs', () => {
  it('makes nothing of nothing', () => {
    expect(planJobs([])).toEqual([])
  })

  it.each([
    [1, [1]],
    [100, [100]],
    [101, [100, 1]],
    [250, [100, 100, 50]],
  ])('cuts %i records into stretches of at most 100', (count, sizes) => {
    const stretches = planJobs(records(...Array.from({ length: count }, () => event('submitted'))))
    expect(stretches.map(({ job }) => job?.records.length)).toEqual(sizes)
    expect(stretches.at(-1)?.last.offset).toBe(String(count - 1))
    const offsets = stretches.flatMap(({ job }) => job?.records.map(({ offset }) => offset))
    expect(offsets).toEqual(Array.from({ length: count }, (_, index) => String(index)))
  })

  it('cuts by bytes too: 250 kB a job', () => {
    const large = event('submitted', 'x'.repeat(1999))
    const stretches = planJobs(records(...Array.from({ length: 100 }, () => large.padEnd(10_000))))
    expect(stretches.map(({ job }) => job?.records.length)).toEqual([25, 25, 25, 25])
  })

  it('needs no job for retractions, and refuses what cannot be read, in their places', () => {
    const [stretch, ...others] = planJobs(
      records(
        event('retracted'),
        'not JSON',
        event('amended'),
        null,
        '{"type": "kz.baqylau.report.submitted.v7"}',
      ),
    )
    expect(others).toEqual([])
    expect(stretch?.job?.records.map(({ offset }) => offset)).toEqual(['2'])
    expect(stretch?.refusals.map(({ record, code }) => [record.offset, code])).toEqual([
      ['1', 'event_not_json'],
      ['3', 'event_not_json'],
      ['4', 'event_version_unsupported'],
    ])
    expect(stretch?.last.offset).toBe('4')
    expect(planJobs(records(event('retracted')))[0]?.job).toBeUndefined()
  })

  it('has every record in exactly one stretch, in order, whatever the records are', () => {
    const kinds = constantFrom(event('submitted'), event('amended'), event('retracted'), 'not JSON', null)
    assert(
      property(array(kinds, { maxLength: 250 }), (values) => {
        const stretches = planJobs(records(...values))
        const ends = stretches.map(({ last }) => Number(last.offset))
        expect(ends).toEqual(ends.toSorted((a, b) => a - b))
        expect(ends.at(-1) ?? -1).toBe(values.length - 1)
        const inJobs = stretches.flatMap(({ job }) => job?.records.map(({ offset }) => Number(offset)) ?? [])
        const refused = stretches.flatMap(({ refusals }) =>
          refusals.map(({ record }) => Number(record.offset)),
        )
        const offsetsOf = (...wanted: readonly (string | null)[]) =>
          values.flatMap((value, offset) => (wanted.includes(value) ? [offset] : []))
        expect(inJobs).toEqual(offsetsOf(event('submitted'), event('amended')))
        expect(refused).toEqual(offsetsOf('not JSON', null))
      }),
    )
  })

  it('splits a job into its records', () => {
    const job = planJobs(records(event('submitted'), event('amended')))[0]?.job
    if (job === undefined) throw new Error('there is no job')
    expect(splitJob(job).map(({ records: one }) => one.map(({ offset }) => offset))).toEqual([['0'], ['1']])
  })
})

describe('committing', () => {
  /** Jobs that are done when the test says so, by the offset of their first record. */
  const openDispatcher = (round?: string) => {
    const running = new Map<string, PromiseWithResolvers<void>>()
    const jobs: JobsInFlight = {
      run: (job) => {
        const settle = Promise.withResolvers<void>()
        running.set(job.records[0]?.offset ?? '', settle)
        return settle.promise
      },
      hint: () => undefined,
      checkAll: () => Promise.resolve(),
      count: () => running.size,
      trouble: () => undefined,
    }
    const letters: string[] = []
    const dispatch = createDispatcher({
      round,
      jobs,
      withSlot: (work) => work(),
      deadLetters: {
        append: (some) => {
          letters.push(...some.map(({ data }) => data.offset))
          return Promise.resolve()
        },
      },
      clock: () => new Date('2005-10-20T00:00:00Z'),
      standstill: createStandstill(() => undefined, 1),
      telemetry: createDispatcherTelemetry(createTelemetry('dispatcher', 'silent')),
    })
    const commits: string[] = []
    const batch = (
      signal: AbortSignal,
      values: readonly string[] = Array.from({ length: 300 }, () => event('submitted')),
    ) => ({
      records: records(...values),
      signal,
      commit: ({ offset }: ReportRecord) => {
        commits.push(offset)
        return Promise.resolve()
      },
    })
    return { dispatch, running, commits, letters, batch }
  }
  /** Lets every promise that can go on do so. */
  const settled = () =>
    new Promise((resolve) => {
      setImmediate(resolve)
    })

  it('follows the prefix that is done, in whatever order jobs are done', async () => {
    const { dispatch, running, commits, batch } = openDispatcher()
    const dispatched = dispatch(batch(new AbortController().signal))
    running.get('200')?.resolve()
    await settled()
    expect(commits).toEqual([])
    running.get('0')?.resolve()
    await settled()
    expect(commits).toEqual(['99'])
    running.get('100')?.resolve()
    await dispatched
    expect(commits).toEqual(['99', '199', '299'])
  })

  it('ends when the batch is taken away, though the job in hand was done at that moment', async () => {
    const { dispatch, running, commits, batch } = openDispatcher()
    const revoked = new AbortController()
    const dispatched = dispatch(batch(revoked.signal))
    running.get('0')?.resolve()
    await settled()
    revoked.abort(new Error('taken away'))
    running.get('100')?.resolve()
    running.get('200')?.resolve()
    await expect(dispatched).rejects.toThrow('taken away')
    expect(commits).toEqual(['99'])
  })

  const newer = '{"type": "kz.baqylau.report.submitted.v7"}'
  const many = Array.from({ length: 20 }, () => newer)
  const never = new AbortController().signal

  it('gives up no event when all of them need a newer dispatcher, and ends', async () => {
    const { dispatch, commits, letters, batch } = openDispatcher()
    await expect(dispatch(batch(never, [newer]))).rejects.toMatchObject({ code: 'event_version_unsupported' })
    await expect(dispatch(batch(never, many))).rejects.toMatchObject({ code: 'event_version_unsupported' })
    expect([commits, letters]).toEqual([[], []])
  })

  it('gives up a few such events when others can be read at the same time', async () => {
    const { dispatch, commits, letters, batch } = openDispatcher()
    await dispatch(batch(never, [event('retracted')]))
    await dispatch(batch(never, [newer, newer]))
    expect([commits, letters]).toEqual([
      ['0', '1'],
      ['0', '1'],
    ])
  })

  it('is done with what it can read before it ends at a long run of such events', async () => {
    const { dispatch, running, commits, letters, batch } = openDispatcher()
    const dispatched = dispatch(batch(never, [event('submitted'), 'not JSON', event('amended'), ...many]))
    await settled()
    running.get('0')?.resolve()
    await expect(dispatched).rejects.toMatchObject({ code: 'event_version_unsupported' })
    expect([commits, letters]).toEqual([['2'], ['1']])
  })

  it('buries nothing in another round: the first dispatcher has', async () => {
    const { dispatch, commits, letters, batch } = openDispatcher('again')
    await dispatch(batch(never, ['not JSON', event('retracted'), newer]))
    expect([commits, letters]).toEqual([['2'], []])
  })

  it('gives up the few among others', async () => {
    const { dispatch, running, commits, letters, batch } = openDispatcher()
    const dispatched = dispatch(batch(never, [newer, event('submitted'), newer]))
    await settled()
    running.get('1')?.resolve()
    await dispatched
    expect([commits, letters]).toEqual([['2'], ['0', '2']])
  })
})

describe('a batch with replayed reports', () => {
  it('has their origins in its job', () => {
    const origin = {
      topic: 'reports',
      partition: 0,
      offset: '7',
      attempts: 2,
      firstAt: '2005-10-19T10:00:00.000Z',
    }
    const [plain, replayed] = records(event('submitted'), event('submitted'))
    if (plain === undefined || replayed === undefined) throw new Error('there are two')
    const { stretches } = planBatch([plain, { ...replayed, headers: replayHeaders(origin) }])
    expect(stretches[0]?.job?.records.map(({ replayOf }) => replayOf)).toEqual([undefined, origin])
  })
})
