import { KINDS, reportSchemas } from '@baqylau/contracts'
import type { TObject, TSchema } from '@sinclair/typebox'
import { describe, expect, it } from 'vitest'
import { fieldsOf, sectionsOf } from './form-model.ts'

/** Every place of a single value in a schema; of an array of objects, in its first item. */
const placesIn = (schema: TSchema, path: string): readonly string[] => {
  const { items } = schema as { items?: TSchema }
  if (schema['type'] === 'object') {
    return Object.entries((schema as TObject).properties).flatMap(([name, member]) =>
      placesIn(member, `${path}.${name}`),
    )
  }
  return schema['type'] === 'array' && items?.['type'] === 'object' ? placesIn(items, `${path}.0`) : [path]
}

describe.each(KINDS)('the form of %s', (kind) => {
  const fields = fieldsOf(sectionsOf(kind))
  const names = fields.map(({ name }) => name)

  it('asks for every detail of the contract', () => {
    const places = placesIn(reportSchemas[kind].properties.details, 'details')
    expect(names).toEqual(expect.arrayContaining([...places]))
  })
  it('requires, of the details, the one thing that makes the kind', () => {
    const required = fields.filter((field) => field.required && field.name.startsWith('details.'))
    expect(new Set(required.map(({ name }) => name.split('.')[1])).size).toBe(1)
  })
  it('has a name for each field once, and bounds and words for each that needs them', () => {
    expect(new Set(names).size).toBe(names.length)
    const unbound = fields.filter(
      ({ control }) =>
        ('words' in control && control.words.length < 2) ||
        ('lengthMax' in control && control.lengthMax === 0) ||
        ('max' in control && control.max === 0),
    )
    expect(unbound).toEqual([])
  })
})

it('has room for eight candidates', () => {
  const names = fieldsOf(sectionsOf('vote_tally')).map(({ name }) => name)
  expect(names.filter((name) => name.endsWith('.candidate'))).toHaveLength(8)
})
