/** What ClickHouse says of a report in one of its views. */
export type ViewLine =
  | {
      readonly view: 'reports'
      readonly id: string
      readonly author: string
      readonly digest: string
      /** Milliseconds since 1970. */
      readonly received: number
      readonly region: string
      readonly day: string
    }
  | {
      readonly view: 'current_reports'
      readonly id: string
      readonly author: string
      readonly digest: string
      readonly received: number
    }
  | {
      readonly view: 'contested' | 'conflicting' | 'current_contested' | 'current_conflicting'
      readonly id: string
      readonly author: string
    }
  | {
      readonly view: 'report_links'
      readonly id: string
      readonly author: string
      readonly incident: string
      readonly version: string
    }
  | { readonly view: 'incidents'; readonly id: string; readonly digest: string }

type LineOf<View extends ViewLine['view']> = Extract<ViewLine, { readonly view: View }>

/** Everything that ClickHouse says of one report id. Rows that are there twice are kept twice. */
export interface Viewed {
  readonly reports: LineOf<'reports'>[]
  readonly current: LineOf<'current_reports'>[]
  readonly links: LineOf<'report_links'>[]
  readonly incidents: string[]
  /** Authors, by flag. */
  readonly flagged: Readonly<
    Record<'contested' | 'conflicting' | 'current_contested' | 'current_conflicting', Set<string>>
  >
}

export const newViewed = (): Viewed => ({
  reports: [],
  current: [],
  links: [],
  incidents: [],
  flagged: {
    contested: new Set(),
    conflicting: new Set(),
    current_contested: new Set(),
    current_conflicting: new Set(),
  },
})

export const addViewLine = (viewed: Viewed, line: ViewLine): void => {
  switch (line.view) {
    case 'reports':
      viewed.reports.push(line)
      return
    case 'current_reports':
      viewed.current.push(line)
      return
    case 'report_links':
      viewed.links.push(line)
      return
    case 'incidents':
      viewed.incidents.push(line.digest)
      return
    case 'contested':
    case 'conflicting':
    case 'current_contested':
    case 'current_conflicting':
      viewed.flagged[line.view].add(line.author)
  }
}
