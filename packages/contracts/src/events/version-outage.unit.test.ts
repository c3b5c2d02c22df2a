import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { readReportEvent } from './read-event.ts'
import { versionOutageOf } from './version-outage.ts'

const readings = {
  readable: undefined,
  newer: '{"type":"kz.baqylau.report.submitted.v7"}',
  rubbish: 'not JSON',
} as const
type Kind = keyof typeof readings

const refusalsOf = (kinds: readonly Kind[]) =>
  kinds.map((kind, index) => {
    const text = readings[kind]
    if (text === undefined) return undefined
    const reading = readReportEvent(Buffer.from(text))
    if (reading.ok) throw new Error('it can be read')
    const record = { topic: 'reports', partition: 3, offset: String(100 + index), value: Buffer.from(text) }
    return { record, code: reading.code, detail: reading.detail }
  })
const beginOf = (...kinds: readonly Kind[]) => versionOutageOf(refusalsOf(kinds))?.begin
const times = (count: number, kind: Kind): readonly Kind[] => Array.from({ length: count }, () => kind)

it('may be an outage when all of a batch is from the future, and is one when they are many', () => {
  expect(beginOf('newer')).toBe(0)
  expect(versionOutageOf(refusalsOf(times(15, 'newer')))).toMatchObject({ begin: 0, isCertain: false })
  expect(versionOutageOf(refusalsOf(times(16, 'newer')))).toMatchObject({ begin: 0, isCertain: true })
})

it('is none when there is something else, or nothing is from the future', () => {
  expect(beginOf()).toBeUndefined()
  expect(beginOf('rubbish', 'rubbish')).toBeUndefined()
  expect(beginOf('rubbish', 'newer')).toBeUndefined()
  expect(beginOf('readable')).toBeUndefined()
  expect(beginOf('newer', 'readable')).toBeUndefined()
  expect(beginOf('readable', 'newer')).toBeUndefined()
  expect(beginOf(...times(100, 'newer'), 'readable')).toBeUndefined()
})

it('begins in mid-batch, where a long run of events from the future does', () => {
  expect(beginOf('readable', 'rubbish', 'readable', ...times(16, 'newer'))).toBe(3)
  expect(beginOf('readable', ...times(15, 'newer'))).toBeUndefined()
})

it('says which message is the first, and what to do', () => {
  const outage = versionOutageOf(refusalsOf(['rubbish', ...times(16, 'newer')]))
  expect(outage?.error).toMatchObject({ code: 'event_version_unsupported', retryable: false })
  expect(outage?.error.message).toMatch(/reports\/3\/101 .*upgrade this service/)
})

it('never leaves a message that can be read behind, whatever the batch is', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom<Kind>('readable', 'newer', 'rubbish')), (kinds) => {
      const begin = beginOf(...kinds) ?? kinds.length
      expect(kinds.slice(begin)).not.toContain('readable')
    }),
  )
})
