import { describe, expect, it } from 'vitest'
import type { ChaosResult } from './chaos.ts'
import { faultsOfRun } from './soundness.ts'

const stretches = [
  [{ fault: { kind: 'wipe_redis' }, afterSeconds: 0 }],
  [{ fault: { kind: 'cut', target: 'kafka' }, afterSeconds: 0 }],
] as const

const good: ChaosResult = {
  seed: 7,
  acknowledged: 900,
  messages: 1000,
  acknowledgedMessages: 950,
  lost: 0,
  doubled: 0,
  differing: 0,
  faults: 2,
  seconds: 60,
  caughtUpSeconds: 5,
  standing: 880,
  deadLetters: 3,
  verified: true,
  failures: [],
  examples: [],
}

describe('a run', () => {
  it('is sound when nothing is wrong, every fault was done, and nearly all was acknowledged', () => {
    expect(faultsOfRun(good, { stretches })).toEqual([])
  })

  it.each<readonly [string, Partial<ChaosResult>]>([
    ['loses', { lost: 1 }],
    ['counts twice', { doubled: 1 }],
    ['has other contents', { differing: 1 }],
    ['does not agree with its log', { verified: false }],
    ['could not do what it had to', { failures: ['a poison was not put'] }],
    ['left out a fault, or did one that harmed nothing', { faults: 1 }],
    ['is not caught up', { caughtUpSeconds: null }],
    ['had too little acknowledged', { acknowledgedMessages: 949 }],
    ['had nothing acknowledged, and so lost nothing', { acknowledged: 0, acknowledgedMessages: 0 }],
    ['sent nothing', { messages: 0, acknowledged: 0, acknowledgedMessages: 0 }],
  ])('that %s is not sound, for that reason alone', (_what, wrong) => {
    expect(faultsOfRun({ ...good, ...wrong }, { stretches })).toHaveLength(1)
  })
})
