import { html } from 'ghtml'
import { akimatTableOf, type AkimatTable } from '../../domain/akimat-table.ts'
import { markedDays } from '../../domain/election-days.ts'
import type { Overview } from '../../domain/overview.ts'
import type { ReportFilter } from '../../domain/report-filter.ts'
import { timelineOf } from '../../domain/timeline.ts'
import { renderTable } from './akimats-table.ts'
import { renderFilterForm } from './filter-form.ts'
import { renderPage } from './layout.ts'
import { renderMap } from './map-svg.ts'
import { type PageFilter, pageAddress } from './page-filter.ts'
import type { Reader } from './reader.ts'
import { renderTimeline } from './timeline-svg.ts'

/** The last day that is shown; without any, the last that is marked: its akimats are those that the table lists. */
const lastDayOf = ({ to }: ReportFilter, { days }: Overview): string =>
  [days.at(-1)?.day, to ?? '9999']
    .filter((day) => day !== undefined)
    .toSorted()
    .find((day) => day !== '9999') ??
  markedDays.at(-1)?.day ??
  ''

const renderSums = (
  { messages: { sums }, formats }: Reader,
  overview: Overview,
  table: AkimatTable,
): string => {
  const numbers: readonly (readonly [string, number, string])[] = [
    ['reports', table.total.reports, sums.reports],
    ['incidents', table.total.incidents, sums.incidents],
    ['unresolved', table.unresolved.reports, sums.unresolved],
    ['synthetic', overview.synthetic, sums.synthetic],
    ['awaiting', overview.awaitingEnrichment, sums.awaiting],
    ['failed', overview.enrichmentFailed, sums.failed],
  ]
  const entries = numbers.map(
    ([id, count, words]) => html`<li><strong id="sum-${id}">${formats.count(count)}</strong> ${words}</li>`,
  )
  return html`<ul class="sums" aria-label="${sums.heading}">
    !${entries.join('')}
  </ul>`
}

const renderTimelineSection = (reader: Reader, overview: Overview, filter: ReportFilter): string => {
  const words = reader.messages.timeline
  const first = overview.days[0]?.day
  const body =
    first === undefined
      ? html`<p>${words.none}</p>`
      : renderTimeline(
          reader,
          timelineOf(overview.days, filter.from ?? first, filter.to ?? overview.days.at(-1)?.day ?? first),
        )
  return html`<section aria-labelledby="timeline-heading">
    <h2 id="timeline-heading">${words.heading}</h2>
    !${body}
  </section>`
}

/** The overview: choice, sums, map, time line and table. Every number in it comes from `overview`. */
export const renderDashboard = (reader: Reader, page: PageFilter, overview: Overview): string => {
  const { filter } = page
  const { language, messages } = reader
  const table = akimatTableOf(overview.akimats, filter.regions, lastDayOf(filter, overview))
  return renderPage({
    reader,
    heading: messages.nav.overview,
    signedIn: true,
    inLanguage: (other) => pageAddress('/', other, filter),
    body: html`!${renderFilterForm(reader, page)} !${renderSums(reader, overview, table)}
      <div class="pictures">
        !${renderMap(reader, table, filter.regions)} !${renderTimelineSection(reader, overview, filter)}
      </div>
      !${renderTable(reader, table, pageAddress('/akimats-daily.csv', language, filter))}`,
  })
}
