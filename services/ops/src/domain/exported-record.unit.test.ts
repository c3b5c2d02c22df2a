import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  type ExportedRecord,
  isSameRecord,
  readExportedRecord,
  writeExportedRecord,
} from './exported-record.ts'

const bytes = fc.oneof(
  fc.uint8Array(),
  fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
)
const records: fc.Arbitrary<ExportedRecord> = fc.record({
  offset: fc.nat().map(String),
  timestamp: fc.nat().map(String),
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.dictionary(fc.string({ minLength: 1 }), bytes),
})

it('is one line, and the same record again byte by byte', () => {
  fc.assert(
    fc.property(records, (record) => {
      const line = writeExportedRecord(record)
      expect(line.indexOf('\n')).toBe(line.length - 1)
      const read = readExportedRecord(line)
      expect(read !== undefined && isSameRecord(read, record)).toBe(true)
    }),
  )
})

it('is another record when one byte is another', () => {
  const record = { offset: '1', timestamp: '2', key: null, value: Buffer.from('ab'), headers: {} }
  for (const change of [
    { offset: '2' },
    { timestamp: '3' },
    { key: Buffer.from('') },
    { value: Buffer.from('ac') },
    { value: null },
    { headers: { name: Buffer.from('') } },
  ])
    expect(isSameRecord(record, { ...record, ...change })).toBe(false)
})

it('reads no line that is not a record', () => {
  for (const line of [
    '',
    'null',
    '{}',
    '{"offset":1}',
    '{"offset":"x","timestamp":"1","key":null,"value":null}',
  ])
    expect(readExportedRecord(line)).toBeUndefined()
})
