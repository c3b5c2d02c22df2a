import { compile, DateOnly, KINDS, OneOf, REGION_VIEWS } from '@baqylau/contracts'
import type { ReportFilter } from '../../domain/report-filter.ts'
import type { PageLanguage } from '@baqylau/service-kit'

/** A query as Fastify reads it: a name that is given twice is an array. */
export type PageQuery = Readonly<Record<string, unknown>>

export interface PageFilter {
  readonly filter: ReportFilter
  /** The names of what was given and is not understood: it is left out, and the page says so. */
  readonly notUnderstood: readonly string[]
  /** The period ends before it begins: it is left out too. */
  readonly periodReversed: boolean
}

const day = compile(DateOnly)
const kind = compile(OneOf(KINDS))
const view = compile(OneOf(REGION_VIEWS))
const checks = { from: day, to: day, kind, regions: view } as const

/** What a form's query asks for. A form sends empty fields too: they ask for nothing. */
export const pageFilterOf = (query: PageQuery): PageFilter => {
  const given = Object.entries(checks).filter(([name]) => (query[name] ?? '') !== '')
  const [understood, notUnderstood] = [true, false].map((wanted) =>
    given.filter(([name, check]) => check.Check(query[name]) === wanted).map(([name]) => name),
  )
  const asked = Object.fromEntries((understood ?? []).map((name) => [name, query[name]]))
  const { from, to, ...rest } = { regions: 'then', ...asked } as ReportFilter
  const periodReversed = from !== undefined && to !== undefined && from > to
  const period = periodReversed
    ? {}
    : { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  return { filter: { ...rest, ...period }, notUnderstood: notUnderstood ?? [], periodReversed }
}

/** The address of a page with this filter, in this language. */
export const pageAddress = (path: string, language: PageLanguage, filter?: ReportFilter): string => {
  const query = new URLSearchParams({ lang: language })
  for (const name of ['from', 'to', 'kind', 'regions'] as const) {
    const value = filter?.[name]
    if (value !== undefined) query.set(name, value)
  }
  return `${path}?${query.toString()}`
}
