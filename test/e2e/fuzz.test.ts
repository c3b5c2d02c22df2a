import type { Pipeline } from '@baqylau/infra-local'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runFuzz } from '../integrity/fuzz/run-fuzz.ts'
import { startTestPipeline } from '../support/running-pipeline.ts'

let pipeline: Pipeline
beforeAll(async () => {
  pipeline = await startTestPipeline()
})
afterAll(() => pipeline.stop())

const INPUTS = 2000
const seed = Math.floor(Math.random() * 2 ** 31)

it(
  `takes whatever is sent without a fault, and loses nothing that it took (seed ${seed})`,
  { timeout: 400_000 },
  async () => {
    const { figures, faults } = await runFuzz({ pipeline, inputs: INPUTS, seed, onProgress: () => undefined })
    expect(faults).toEqual([])
    expect(figures).toMatchObject({
      seed,
      lost: 0,
      landed: figures.acknowledged,
      deadLettered: 0,
      waiting: 0,
    })
    // Without these, nothing was tried.
    expect(figures.acknowledged).toBeGreaterThan(INPUTS / 4)
    expect(Object.keys(figures.statuses)).toEqual(
      expect.arrayContaining(['202', '207', '400', '401', '403', '415']),
    )
  },
)
