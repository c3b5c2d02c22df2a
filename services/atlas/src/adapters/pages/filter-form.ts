import { KINDS, REGION_VIEWS } from '@baqylau/contracts'
import { html } from 'ghtml'
import { pageAddress, type PageFilter } from './page-filter.ts'
import type { Reader } from './reader.ts'

interface Option {
  readonly value: string
  readonly text: string
}

const options = (all: readonly Option[], chosen: string | undefined): string =>
  all
    .map(({ value, text }) =>
      value === chosen
        ? html`<option value="${value}" selected>${text}</option>`
        : html`<option value="${value}">${text}</option>`,
    )
    .join('')

/** The choice of reports: a plain form that is sent by GET, so that a view has an address. */
export const renderFilterForm = (
  reader: Reader,
  { filter, notUnderstood, periodReversed }: PageFilter,
): string => {
  const { language, messages } = reader
  const words = messages.filter
  const kinds = KINDS.map((kind) => ({ value: kind, text: messages.kinds[kind] }))
  const views = REGION_VIEWS.map((view) => ({
    value: view,
    text: view === 'today' ? words.asToday : words.asThen,
  }))
  const faults = [
    ...(notUnderstood.length === 0 ? [] : [words.notUnderstood(notUnderstood.join(', '))]),
    ...(periodReversed ? [words.periodReversed] : []),
  ].map((fault) => html`<p class="fault" role="alert">${fault}</p>`)
  return html`<form id="filter" method="get" action="/" aria-label="${words.heading}">
      <input type="hidden" name="lang" value="${language}" />
      <label>${words.from} <input type="date" name="from" value="${filter.from}" /></label>
      <label>${words.to} <input type="date" name="to" value="${filter.to}" /></label>
      <label>
        ${words.kind}
        <select name="kind">
          !${options([{ value: '', text: words.allKinds }, ...kinds], filter.kind ?? '')}
        </select>
      </label>
      <label>
        ${words.regions}
        <select name="regions">
          !${options(views, filter.regions)}
        </select>
      </label>
      <button>${words.show}</button>
      <a href="${pageAddress('/', language)}">${words.reset}</a>
    </form>
    !${faults.join('')}`
}
