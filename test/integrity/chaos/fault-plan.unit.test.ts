import { describe, expect, it } from 'vitest'
import { describeFault, type Fault, KINDS_OF_FAULTS, planFaults, SERVERS, SERVICES } from './fault-plan.ts'

const faultsOf = (seed: number, count: number): readonly Fault[] =>
  planFaults(seed, count).flatMap((stretch) => stretch.map(({ fault }) => fault))

describe('the plan of faults', () => {
  it('follows from the seed alone', () => {
    expect(planFaults(7, 40)).toEqual(planFaults(7, 40))
    expect(planFaults(7, 40)).not.toEqual(planFaults(8, 40))
  })

  it.each([1, 20, 40, 200])('has as many faults as were asked for: %i', (count) => {
    expect(faultsOf(3, count)).toHaveLength(count)
  })

  it('begins with one of each kind, and each harms every server', () => {
    const first = faultsOf(5, KINDS_OF_FAULTS)
    const kinds = ['kill', 'pause', 'wipe_redis', 'add_enricher', 'remove_enricher']
    const onConnections = ['cut', 'delay', 'lose_answers', 'keep_silent']
    expect(new Set(first.map(({ kind }) => kind))).toEqual(new Set([...kinds, ...onConnections]))
    for (const kind of onConnections) {
      const targets = first.flatMap((fault) =>
        fault.kind === kind && 'target' in fault ? [fault.target] : [],
      )
      expect(new Set(targets)).toEqual(new Set(SERVERS))
    }
  })

  it('kills and pauses everything once it is long enough', () => {
    const told = new Set(faultsOf(5, 31).map((fault) => describeFault(fault).replace(/ for .*/, '')))
    for (const target of [...SERVICES, ...SERVERS]) {
      expect(told).toContain(`kill ${target}`)
      expect(told).toContain(`pause ${target}`)
    }
  })

  it('removes no enricher that it has not added', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      let added = 0
      for (const { kind } of faultsOf(seed, 60)) {
        if (kind === 'add_enricher') added += 1
        if (kind === 'remove_enricher') added -= 1
        expect(added).toBeGreaterThanOrEqual(0)
      }
    }
  })

  it('does at most two at once, on different targets', () => {
    const pairs = planFaults(11, 200).filter((stretch) => stretch.length > 1)
    expect(pairs.length).toBeGreaterThan(10)
    for (const pair of pairs) {
      expect(pair).toHaveLength(2)
      expect(new Set(pair.map(({ fault }) => ('target' in fault ? fault.target : fault.kind))).size).toBe(2)
    }
  })
})
