import { KINDS, REPORT_BYTES_MAX, reportSchemas } from '@baqylau/contracts'
import type { TSchema } from '@sinclair/typebox'
import { expect, it } from 'vitest'

/** A UTF-16 unit is at most three bytes of UTF-8; quotes and line ends are two, and other controls are refused. */
const UNIT_BYTES_MAX = 3
const NUMBER_BYTES_MAX = 25

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

/** What a schema says of a size; one that says nothing has no bound. */
const boundIn = (schema: TSchema, name: 'maxLength' | 'maxItems'): number =>
  (schema[name] as number | undefined) ?? Infinity

const bytesMaxOfObject = (schema: TSchema): number => {
  if (schema['additionalProperties'] !== false) return Infinity
  const members = Object.entries(schema['properties'] as Readonly<Record<string, TSchema>>)
  return members.reduce((sum, [name, member]) => sum + bytesOf(name) + 2 + bytesMaxOf(member), 2)
}

/** No JSON text of a value of this schema is longer, when nothing is escaped that need not be. */
const bytesMaxOf = (schema: TSchema): number => {
  if (Array.isArray(schema['enum'])) return Math.max(...schema['enum'].map(bytesOf))
  if ('const' in schema) return bytesOf(schema['const'])
  switch (schema['type']) {
    case 'object':
      return bytesMaxOfObject(schema)
    case 'array':
      return 2 + boundIn(schema, 'maxItems') * (1 + bytesMaxOf(schema['items'] as TSchema))
    case 'string':
      return 2 + boundIn(schema, 'maxLength') * UNIT_BYTES_MAX
    case 'boolean':
      return 5
    case 'integer':
    case 'number':
      return NUMBER_BYTES_MAX
    default:
      return Infinity
  }
}

it.each(KINDS)('a report of %s that is good by its form is never too large: its schema bounds it', (kind) => {
  const bytesMax = bytesMaxOf(reportSchemas[kind])
  expect(bytesMax).toBeGreaterThan(60_000)
  expect(bytesMax).toBeLessThan(REPORT_BYTES_MAX)
})
