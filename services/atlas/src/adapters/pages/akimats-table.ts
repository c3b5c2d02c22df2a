import { KINDS } from '@baqylau/contracts'
import { html } from 'ghtml'
import type { AkimatTable, TableLine } from '../../domain/akimat-table.ts'
import { rowId } from './map-svg.ts'
import { nameFor, type Reader } from './reader.ts'

const cells = (line: TableLine, { formats }: Reader): string =>
  [...line.reportsByKind, line.reports, line.incidents, line.peopleDetained, line.copiesSeized]
    .map((count) => html`<td class="${count === 0 ? 'zero' : 'some'}">${formats.count(count)}</td>`)
    .join('')

const headCells = ({ messages: { kinds, table } }: Reader): string =>
  [...KINDS.map((kind) => kinds[kind]), table.total, table.incidents, table.detained, table.copies]
    .map((name) => html`<th scope="col">${name}</th>`)
    .join('')

/** Akimat × kind, every number of the page's other pictures, with what could not be placed and the sums. */
export const renderTable = (reader: Reader, table: AkimatTable, csvAddress: string): string => {
  const words = reader.messages.table
  const rows = table.akimats.map(
    (line) =>
      html`<tr id="${rowId(line.regionCode)}">
        <th scope="row">${nameFor(reader, line.names, line.regionCode)}</th>
        !${cells(line, reader)}
      </tr>`,
  )
  return html`<section aria-labelledby="table-heading">
    <h2 id="table-heading">${words.heading}</h2>
    <p class="note">${words.note}</p>
    <div class="scroll" role="region" aria-labelledby="table-heading" tabindex="0">
      <table id="akimats">
        <thead>
          <tr>
            <th scope="col">${words.akimat}</th>
            !${headCells(reader)}
          </tr>
        </thead>
        <tbody>
          !${rows.join('')}
          <tr id="row-unresolved">
            <th scope="row">${words.unresolved}</th>
            !${cells(table.unresolved, reader)}
          </tr>
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">${words.total}</th>
            !${cells(table.total, reader)}
          </tr>
        </tfoot>
      </table>
    </div>
    <p><a href="${csvAddress}" download>${words.csv}</a></p>
  </section>`
}
