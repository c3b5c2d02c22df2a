import { createResolver } from '@baqylau/akimats'
import { checkReport, KINDS } from '@baqylau/contracts'
import { expect, it } from 'vitest'
import { brokenStep } from './probe.ts'
import { SAMPLE_REPORTS } from './sample-reports.ts'
import type { Step } from './step.ts'
import { stepsWith } from './step-order.ts'

const steps = stepsWith(createResolver().resolve)
const failing = (step: Step, when: Step['run']): readonly Step[] =>
  steps.map((one) =>
    one === step
      ? { ...one, run: (report, found) => ({ ...when(report, found), ...one.run(report, found) }) }
      : one,
  )
const broken = (): never => {
  throw new RangeError('broken')
}

it('has a good report of every kind to try', () => {
  const now = new Date('2006-01-15T12:00:00Z')
  expect(SAMPLE_REPORTS.map((report) => checkReport(report, now).ok)).not.toContain(false)
  expect(new Set(SAMPLE_REPORTS.map(({ kind }) => kind))).toEqual(new Set(KINDS))
})

it('finds nothing wrong with the steps as they are', () => {
  expect(brokenStep(steps)).toBeUndefined()
})

it.each(steps.map((step) => [step.name, step] as const))(
  'finds %s broken, wherever it fails',
  (name, step) => {
    expect(brokenStep(failing(step, broken))).toMatchObject({ step: name })
    const onTallies = failing(step, ({ kind }) => (kind === 'vote_tally' ? broken() : {}))
    expect(brokenStep(onTallies)).toMatchObject({
      step: name,
      message: `the step ${name} failed: RangeError`,
    })
  },
)

it('finds what is missing when a step is', () => {
  expect(brokenStep(steps.slice(0, -2))).toMatchObject({ step: 'all' })
})

it('leaves alone a step that fails on another report', () => {
  const [first] = steps
  if (first === undefined) throw new Error('there are steps')
  expect(
    brokenStep(failing(first, ({ narrative }) => (narrative === 'this one' ? broken() : {}))),
  ).toBeUndefined()
})
