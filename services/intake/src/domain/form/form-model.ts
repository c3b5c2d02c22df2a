import type { TObject, TSchema } from '@sinclair/typebox'
import { commonProperties, type Kind, PRECISIONS, reportSchemas } from '@baqylau/contracts'
import { type Control, controlOf } from './control.ts'
import { TIME_ZONES } from './local-time.ts'

/** One value that is asked for. */
export interface Field {
  /** Its name in the form, and its place in the report: `details.order.number`. */
  readonly name: string
  /** Its name in the messages: the same for every kind of report, and for every row. */
  readonly key: string
  readonly control: Control
  readonly required: boolean
  /** What it says when the form is opened. */
  readonly initially?: string
}

/** Fields under one heading; `rows` are the same fields again and again, of which any may stay empty. */
export type Section =
  | { readonly type: 'fields'; readonly title: string; readonly fields: readonly Field[] }
  | {
      readonly type: 'rows'
      readonly title: string
      readonly name: string
      readonly rows: readonly (readonly Field[])[]
    }

/** A tally on the form has room for so many candidates. */
const ROWS = 8

const isObjectSchema = (schema: TSchema): schema is TObject => schema['type'] === 'object'
const rowSchemaOf = (schema: TSchema): TObject | undefined => {
  const items = schema['items'] as TSchema | undefined
  return items !== undefined && isObjectSchema(items) ? items : undefined
}

/** The fields of an object's own values, in the order of its schema; what lies deeper has a section of its own. */
const fieldsOfObject = (schema: TObject, name: string, key: string): readonly Field[] =>
  Object.entries(schema.properties)
    .filter(([, member]) => !isObjectSchema(member) && rowSchemaOf(member) === undefined)
    .map(([member, memberSchema]) => ({
      name: `${name}.${member}`,
      key: key === '' ? member : `${key}.${member}`,
      control: controlOf(memberSchema),
      required: schema.required?.includes(member) ?? false,
    }))

const nestedSections = (schema: TObject, name: string): readonly Section[] =>
  Object.entries(schema.properties).flatMap(([member, memberSchema]): readonly Section[] => {
    const at = `${name}.${member}`
    if (isObjectSchema(memberSchema)) {
      return [{ type: 'fields', title: member, fields: fieldsOfObject(memberSchema, at, member) }]
    }
    const row = rowSchemaOf(memberSchema)
    if (row === undefined) return []
    const rows = Array.from({ length: ROWS }, (_, index) => fieldsOfObject(row, `${at}.${index}`, member))
    return [{ type: 'rows', title: member, name: at, rows }]
  })

const detailsOf = (kind: Kind): readonly Section[] => {
  const schema: TObject = reportSchemas[kind].properties.details
  const fields = fieldsOfObject(schema, 'details', '')
  return [{ type: 'fields', title: 'what', fields }, ...nestedSections(schema, 'details')]
}

const common = (name: keyof typeof commonProperties, initially?: string): Field => ({
  name,
  key: name,
  control: controlOf(commonProperties[name]),
  required: false,
  ...(initially === undefined ? {} : { initially }),
})

const place = fieldsOfObject(commonProperties.place, 'place', 'place').filter(
  ({ name }) => name !== 'place.accuracyMetres',
)

const choice = (words: readonly string[]): Control => ({ type: 'choice', words })
const optional = (name: string, control: Control): Field => ({ name, key: name, control, required: false })

/** What every kind is asked. Time is asked as people tell it: a day, a time of that day, and whose clock. */
const sharedSections: readonly Section[] = [
  {
    type: 'fields',
    title: 'when',
    fields: [
      { name: 'occurred.date', key: 'occurred.date', control: { type: 'date' }, required: true },
      optional('occurred.time', { type: 'time' }),
      { ...optional('occurred.zone', choice(TIME_ZONES)), initially: TIME_ZONES[0] },
      optional('occurred.precision', choice(PRECISIONS)),
    ],
  },
  { type: 'fields', title: 'where', fields: place },
  { type: 'fields', title: 'words', fields: [common('narrative'), common('language')] },
  { type: 'fields', title: 'source', fields: [common('sourceConnection'), common('reliability')] },
  {
    type: 'fields',
    title: 'privacy',
    fields: [common('confidentiality', 'restricted'), { ...common('consent'), control: { type: 'tick' } }],
  },
]

/** The whole form of a kind: its details as the contract has them, then what every kind is asked. */
export const sectionsOf = (kind: Kind): readonly Section[] => [...detailsOf(kind), ...sharedSections]

/** Every field of sections, in the order of the form. */
export const fieldsOf = (sections: readonly Section[]): readonly Field[] =>
  sections.flatMap((section) => (section.type === 'fields' ? section.fields : section.rows.flat()))
