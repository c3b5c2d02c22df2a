import { AppError, ARRAY_REPORTS_MAX, NDJSON_REPORTS_MAX } from '@baqylau/contracts'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Body, readJsonBody, readNdjsonBody } from './read-body.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const codeOf = (read: () => Body): string => {
  try {
    read()
    return 'taken'
  } catch (error) {
    return error instanceof AppError ? error.code : 'another error'
  }
}
const itemsOf = (body: Body): readonly unknown[] =>
  body.shape === 'one' ? [body.value] : body.items.map((item) => (item.ok ? item.value : item.error.code))

describe('a JSON body', () => {
  it('is one report, or several', () => {
    expect(readJsonBody(bytes('{"kind":"x"}'))).toEqual({ shape: 'one', value: { kind: 'x' } })
    expect(itemsOf(readJsonBody(bytes('[{"a":1},2,null]')))).toEqual([{ a: 1 }, 2, null])
  })
  it.each([
    ['nothing', ''],
    ['words', 'hello'],
    ['half an object', '{"kind":'],
    ['two values', '{} {}'],
    ['a trailing comma', '[{},]'],
  ])('is refused when it is %s', (_what, text) => {
    expect(codeOf(() => readJsonBody(bytes(text)))).toBe('not_json')
  })
  it('is refused when its bytes are not UTF-8, also where JSON would not care', () => {
    const broken = Uint8Array.of(...bytes('{"narrative":"'), 0xed, 0xa0, 0x80, ...bytes('"}'))
    expect(codeOf(() => readJsonBody(broken))).toBe('not_json')
  })
  it('holds one to 500 reports', () => {
    const arrayOf = (count: number) => bytes(JSON.stringify(Array.from({ length: count }, () => ({}))))
    expect(codeOf(() => readJsonBody(arrayOf(0)))).toBe('no_reports')
    expect(itemsOf(readJsonBody(arrayOf(ARRAY_REPORTS_MAX)))).toHaveLength(ARRAY_REPORTS_MAX)
    expect(codeOf(() => readJsonBody(arrayOf(ARRAY_REPORTS_MAX + 1)))).toBe('too_many_reports')
  })
  it('cannot reach the prototypes of objects', () => {
    const value = readJsonBody(bytes('{"__proto__":{"kind":"press_seizure"},"constructor":{}}'))
    expect(Object.keys(value.shape === 'one' ? (value.value as object) : {})).toEqual([
      '__proto__',
      'constructor',
    ])
    expect(({} as { kind?: string }).kind).toBeUndefined()
  })
})

describe('an NDJSON body', () => {
  it('is one report a line; blank lines, and the last line end, are nothing', () => {
    expect(itemsOf(readNdjsonBody(bytes('\n{"a":1}\r\n \t\r\n{"a":2}\n\n')))).toEqual([{ a: 1 }, { a: 2 }])
  })
  it('keeps the lines beside a bad one', () => {
    const body = Uint8Array.of(...bytes('{"a":1}\nno\n"'), 0xff, ...bytes('"\n{"a":4}'))
    expect(itemsOf(readNdjsonBody(body))).toEqual([{ a: 1 }, 'not_json', 'not_json', { a: 4 }])
  })
  it('holds one to 5,000 reports', () => {
    const lines = (count: number) => bytes('{}\n\n'.repeat(count))
    expect(codeOf(() => readNdjsonBody(lines(0)))).toBe('no_reports')
    expect(codeOf(() => readNdjsonBody(bytes(' \n\n')))).toBe('no_reports')
    expect(itemsOf(readNdjsonBody(lines(NDJSON_REPORTS_MAX)))).toHaveLength(NDJSON_REPORTS_MAX)
    expect(codeOf(() => readNdjsonBody(lines(NDJSON_REPORTS_MAX + 1)))).toBe('too_many_reports')
  })
  it('gives back what any values were written as', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ noUnicodeString: false }), { minLength: 1 }), (values) => {
        const written = values.map((value) => JSON.stringify(value))
        const read = readNdjsonBody(bytes(written.join('\n')))
        expect(itemsOf(read).map((value) => JSON.stringify(value))).toEqual(written)
      }),
    )
  })
})
