import { arbitraryReport } from '@baqylau/contracts/testing'
import * as fc from 'fast-check'

/** A body's bytes before they are packed, as somebody might send them. */
export type ArbitraryBody = fc.Arbitrary<Buffer>

const encode = (value: unknown): Buffer => Buffer.from(value === undefined ? '' : JSON.stringify(value))

/** Values that break programs: of another type, too large, of the prototype, of no characters. */
const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0.1,
    65_536,
    Number.MAX_SAFE_INTEGER,
    1e308,
    '',
    '2',
    '__proto__',
    'constructor',
    '\u0000',
    '\ud800',
    '\u202e\u2066',
    "'; DROP TABLE reports; --",
    '{report_id:UUID}',
    '2005-02-30',
    '9999-12-31T23:59:60Z',
    [],
    {},
    [[[[[[]]]]]],
  ),
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.integer({ min: 100, max: 30_000 }).map((length) => 'ж'.repeat(length)),
  fc.jsonValue({ maxDepth: 3 }),
)

type Members = Record<string, unknown>
const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every place of a member in a value, by its names from the outside in. */
const placesOf = (value: unknown, at: readonly string[] = []): readonly (readonly string[])[] => {
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, member]) => {
    const places: (readonly string[])[] = [[...at, name]]
    return places.concat(placesOf(member, [...at, name]))
  })
}

/** The value with another member at a place; without it, when there is none to put there. */
const changed = (value: unknown, [name, ...rest]: readonly string[], member: unknown): unknown => {
  if (name === undefined) return member
  if (!isObject(value)) return value
  const inner = changed(value[name], rest, member)
  return Object.fromEntries(
    Object.entries({ ...value, [name]: inner }).filter(([each]) => each !== name || inner !== undefined),
  )
}

/** A value with one place changed, removed, or with a member that nobody knows. */
export const spoiled = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(value, fc.nat(), fc.option(hostileValue, { nil: undefined }), fc.boolean())
    .map(([whole, choice, member, isExtra]) => {
      const places = placesOf(whole)
      const place = places[choice % Math.max(places.length, 1)] ?? []
      return changed(whole, isExtra ? [...place.slice(0, -1), 'colour'] : place, member)
    })

const nested = fc
  .tuple(fc.integer({ min: 10, max: 50_000 }), fc.constantFrom('[]', '{}'))
  .map(([depth, [open = '', close = '']]) =>
    open === '['
      ? '['.repeat(depth) + ']'.repeat(depth)
      : `${'{"details":'.repeat(depth)}1${close.repeat(depth)}`,
  )

/** JSON whose text says more than its value: members twice, of the prototype, numbers past all bounds. */
const trickyText = fc.tuple(arbitraryReport, fc.integer({ min: 0, max: 10 })).map(([report, trick]) => {
  const text = JSON.stringify(report)
  const inner = text.slice(1)
  const texts = [
    `{"__proto__":{"kind":"press_seizure"},${inner}`,
    `{"constructor":{"prototype":{"kind":1}},${inner}`,
    `{"kind":"jaywalking",${inner}`,
    `{"revision":1e400,${inner}`,
    `{"revision":123456789012345678901234567890,${inner}`,
    `{"revision":1.0,${inner}`,
    `{"narrative":"\\ud83d",${inner}`,
    `\uFEFF${text}`,
    `${text}\u0000`,
    `${text}${text}`,
  ]
  return texts[trick] ?? text
})

/** Bytes that are no UTF-8, or no more, somewhere in what would have been a report. */
const brokenBytes: ArbitraryBody = fc
  .tuple(arbitraryReport.map(encode), fc.nat(), fc.integer({ min: 0x80, max: 0xff }))
  .map(([body, position, byte]) => {
    const broken = Buffer.from(body)
    broken[position % broken.length] = byte
    return broken
  })

const cutShort: ArbitraryBody = fc
  .tuple(arbitraryReport.map(encode), fc.nat())
  .map(([body, length]) => body.subarray(0, length % body.length))

/** Nothing that intake can take, though it may look like something. */
export const hostileBytes: ArbitraryBody = fc.oneof(
  { arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)), weight: 60 },
  { arbitrary: fc.json().map((text) => Buffer.from(text)), weight: 90 },
  { arbitrary: nested.map((text) => Buffer.from(text)), weight: 60 },
  { arbitrary: trickyText.map((text) => Buffer.from(text)), weight: 120 },
  { arbitrary: brokenBytes, weight: 90 },
  { arbitrary: cutShort, weight: 60 },
  {
    arbitrary: fc
      .constantFrom('', ' ', 'null', '""', '0', '[]', '{}', '[[]]', '\n\n', '[null,null]')
      .map((text) => Buffer.from(text)),
    weight: 60,
  },
  // More than may be sent, and just as much.
  {
    arbitrary: fc.constantFrom(2_097_152, 2_097_153, 3_000_000).map((size) => Buffer.alloc(size, ' ')),
    weight: 1,
  },
)

/** Several reports in an array, good and bad ones. */
export const severalReports = (report: fc.Arbitrary<unknown>): ArbitraryBody =>
  fc
    .array(fc.oneof({ arbitrary: report, weight: 4 }, { arbitrary: spoiled(report), weight: 1 }), {
      maxLength: 6,
    })
    .map(encode)

/** Several as NDJSON, with lines that are none of it. */
export const linesOf = (report: fc.Arbitrary<unknown>): ArbitraryBody =>
  fc
    .array(
      fc.oneof(
        { arbitrary: report.map(encode), weight: 6 },
        { arbitrary: spoiled(report).map(encode), weight: 2 },
        { arbitrary: fc.constantFrom('', ' ', '{', 'x').map((text) => Buffer.from(text)), weight: 1 },
        { arbitrary: brokenBytes, weight: 1 },
      ),
      { maxLength: 6 },
    )
    .map((lines) => Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])))

export const oneValue = (value: fc.Arbitrary<unknown>): ArbitraryBody => value.map(encode)
