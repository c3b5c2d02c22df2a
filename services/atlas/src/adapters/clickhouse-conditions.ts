import type { RegionView } from '@baqylau/contracts'
import type { ReportFilter } from '../domain/report-filter.ts'

/** The column of the akimat, by the map that is meant. */
export const regionColumn = (view: RegionView): string =>
  view === 'today' ? 'region_code_today' : 'region_code'

type Member = 'period' | 'region' | 'kind' | 'precision' | 'stage' | 'synthetic' | 'confidentiality'

export interface Conditions {
  /** `WHERE …`, or nothing. */
  readonly where: string
  readonly parameters: Readonly<Record<string, unknown>>
}

const condition = (
  member: Member,
  { regions }: ReportFilter,
): readonly (readonly [keyof ReportFilter, string])[] => {
  switch (member) {
    case 'period':
      return [
        ['from', 'day >= {from:Date32}'],
        ['to', 'day <= {to:Date32}'],
      ]
    case 'region':
      return [['region', `${regionColumn(regions)} = {region:String}`]]
    case 'synthetic':
      return [['synthetic', 'synthetic = {synthetic:Bool}']]
    case 'kind':
    case 'precision':
    case 'stage':
    case 'confidentiality':
      return [[member, `${member} = {${member}:String}`]]
  }
}

/** The conditions of those members of the filter that this query knows. */
export const conditionsOf = (filter: ReportFilter, members: readonly Member[]): Conditions => {
  const asked = members
    .flatMap((member) => condition(member, filter))
    .filter(([name]) => filter[name] !== undefined)
  return {
    where: asked.length === 0 ? '' : `WHERE ${asked.map(([, sql]) => sql).join(' AND ')}`,
    parameters: Object.fromEntries(asked.map(([name]) => [name, filter[name]])),
  }
}
