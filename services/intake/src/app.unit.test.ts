import { createTelemetry } from '@baqylau/service-kit'
import { expect, it, vi } from 'vitest'
import { createIntake } from './app.ts'
import { createIntakeTelemetry } from './telemetry.ts'

it('fails one request, not the service, by a bug in one of many reports', async () => {
  const key = new Uint8Array(32)
  const intake = createIntake({
    reportLog: { append: () => Promise.resolve() },
    keys: { receipts: { proof: key, check: key }, contentHash: key },
    now: () => {
      throw new Error('a bug')
    },
    telemetry: createIntakeTelemetry(createTelemetry('test', 'silent')),
  })
  const unhandled = vi.fn<(reason: unknown) => void>()
  process.on('unhandledRejection', unhandled)
  const items = Array.from({ length: 250 }, () => ({ ok: true, value: {} }) as const)
  await expect(intake.submitAll(items, { author: 'reporter-7', keyId: 'key-7' })).rejects.toThrow('a bug')
  process.off('unhandledRejection', unhandled)
  expect(unhandled).not.toHaveBeenCalled()
})
