import { readFileSync } from 'node:fs'
import { VIEWS } from '@baqylau/contracts'
import { afterAll, describe, expect, test } from 'vitest'
import { openClickHouse } from './client.ts'

const clickhouse = openClickHouse({
  url: process.env['CLICKHOUSE_URL'] ?? '',
  user: process.env['CLICKHOUSE_USER'] ?? '',
  password: process.env['CLICKHOUSE_PASSWORD'] ?? '',
  requestMsMax: 30_000,
})
afterAll(() => clickhouse.close())

interface Column {
  readonly name: string
  readonly type: string
}

const declared = (view: keyof typeof VIEWS): readonly Column[] =>
  Object.entries<object>(VIEWS[view].properties).map(([name, schema]) => ({
    name,
    type: (schema as { readonly clickhouse: string }).clickhouse,
  }))

const document = readFileSync(new URL('../../../docs/schema.md', import.meta.url), 'utf8')
const sections = new Map(
  document
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section]),
)
const ROW = /^\| `(?<name>\w+)` \| `(?<type>[^`]+)` \| \S/gm
const documented = (view: string): readonly Column[] =>
  [...(sections.get(view) ?? '').matchAll(ROW)].map(({ groups }) => ({
    name: groups?.['name'] ?? '',
    type: groups?.['type'] ?? '',
  }))
const queries = [...document.matchAll(/```sql\n(?<sql>[^`]+)```/g)].map(({ groups }) => groups?.['sql'] ?? '')

describe.each(Object.keys(VIEWS) as (keyof typeof VIEWS)[])('the view %s', (view) => {
  test('has the columns of the contract, in order, in ClickHouse', async () => {
    const columns = await clickhouse.query<Column>(`DESCRIBE TABLE baqylau.${view}`)
    expect(columns.map(({ name, type }) => ({ name, type }))).toEqual(declared(view))
  })

  test('has them in docs/schema.md, with their types and meanings', () => {
    expect(documented(view)).toEqual(declared(view))
  })

  test('can be counted', async () => {
    const rows = await clickhouse.query<{ rows: string }>(`SELECT count() AS rows FROM baqylau.${view}`)
    expect(rows).toHaveLength(1)
  })
})

describe('docs/schema.md', () => {
  test('describes every view, and no other', () => {
    const described = [...sections.keys()].filter((title) => /^[a-z_]+$/.test(title))
    expect(new Set(described)).toEqual(new Set(Object.keys(VIEWS)))
  })

  test('has example queries', () => {
    expect(queries.length).toBeGreaterThanOrEqual(5)
  })

  test.each(queries)('has a query that runs: %#', async (sql) => {
    await expect(clickhouse.query(sql)).resolves.toBeInstanceOf(Array)
  })
})
