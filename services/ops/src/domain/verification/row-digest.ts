import { hash } from 'node:crypto'
import type { TObject } from '@sinclair/typebox'

/** How a value of one ClickHouse type becomes text: in a query, and here, of what JSONEachRow shows. */
interface ColumnForm {
  readonly sql: (name: string) => string
  readonly text: (value: unknown) => string
}

const NULL = String.raw`\N`
const AFTER_ELEMENT = '\u001E'
const BETWEEN_COLUMNS = '\u001F'
const DIGITS = 32

/** A column that is no list is shown as text, a number, true or false. */
const asText = (value: unknown): string => {
  if (value === null) return NULL
  return typeof value === 'string' ? value : JSON.stringify(value)
}
const plain: ColumnForm = { sql: (name) => `toString(${name})`, text: asText }
const nullable: ColumnForm = { sql: (name) => `ifNull(toString(${name}), '\\\\N')`, text: asText }

const buffer = new DataView(new ArrayBuffer(8))
const bitsOfFloat32 = (value: unknown): string => {
  buffer.setFloat32(0, Number(value))
  return String(buffer.getUint32(0))
}
const bitsOfFloat64 = (value: unknown): string => {
  if (value === null) return NULL
  buffer.setFloat64(0, Number(value))
  return String(buffer.getBigUint64(0))
}

/** Floating-point numbers by their bits: two programs may write one number in two ways. */
const FORMS: Readonly<Record<string, ColumnForm>> = {
  'LowCardinality(String)': plain,
  String: plain,
  UUID: plain,
  Date32: plain,
  Bool: plain,
  UInt8: plain,
  UInt16: plain,
  UInt32: plain,
  UInt64: plain,
  "DateTime64(3, 'UTC')": plain,
  'Nullable(UInt32)': nullable,
  'Nullable(Int32)': nullable,
  'Nullable(Bool)': nullable,
  'Array(String)': {
    sql: (name) => `arrayStringConcat(arrayMap(element -> concat(element, char(30)), ${name}))`,
    text: (value) => (value as readonly string[]).map((element) => element + AFTER_ELEMENT).join(''),
  },
  Float32: { sql: (name) => `toString(reinterpretAsUInt32(${name}))`, text: bitsOfFloat32 },
  'Nullable(Float64)': {
    sql: (name) => `if(isNull(${name}), '\\\\N', toString(reinterpretAsUInt64(assumeNotNull(${name}))))`,
    text: bitsOfFloat64,
  },
}

interface Column {
  readonly name: string
  readonly form: ColumnForm
}

export interface RowDigest {
  /** The expression that gives the digest of a row in a query: 32 hexadecimal digits. */
  readonly sql: string
  /** The same, of a row as JSONEachRow shows it. */
  readonly of: (row: object) => string
  /** The names of the columns in which two rows differ. */
  readonly differing: (one: object, other: object) => readonly string[]
}

const columnsOf = (schema: TObject, except: readonly string[]): readonly Column[] =>
  Object.entries(schema.properties)
    .filter(([name]) => !except.includes(name))
    .map(([name, property]) => {
      const form = FORMS[String(property['clickhouse'])]
      if (form === undefined) throw new TypeError(`no form for the type of the column ${name}`)
      return { name, form }
    })

const valueOf = (row: object, name: string): unknown => (row as Readonly<Record<string, unknown>>)[name]

/** What two rows of a view are compared by, one in ClickHouse, one here: a digest of all columns but those named. */
export const rowDigest = (schema: TObject, except: readonly string[]): RowDigest => {
  const columns = columnsOf(schema, except)
  const textOf = (row: object): string =>
    columns.map(({ name, form }) => form.text(valueOf(row, name))).join(BETWEEN_COLUMNS)
  return {
    sql: `substring(lower(hex(SHA256(concat(${columns.map(({ name, form }) => form.sql(name)).join(', char(31), ')})))), 1, ${DIGITS})`,
    of: (row) => hash('sha256', textOf(row), 'hex').slice(0, DIGITS),
    differing: (one, other) =>
      columns
        .filter(({ name, form }) => form.text(valueOf(one, name)) !== form.text(valueOf(other, name)))
        .map(({ name }) => name),
  }
}
