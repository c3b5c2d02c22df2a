import type { ReceiptAnswer } from '@baqylau/contracts'
import { html } from 'ghtml'
import { renderPage } from './layout.ts'
import { pageAddress } from './page-filter.ts'
import { nameFor, type Reader } from './reader.ts'

/** What is known of the receipt that was asked for; nothing yet, when the page is opened. */
export type ReceiptOutcome =
  | { readonly is: 'not_asked' }
  | { readonly is: 'mistyped'; readonly typed: string }
  | { readonly is: 'found'; readonly answer: ReceiptAnswer }

const renderPlace = (reader: Reader, { status, placedIn }: ReceiptAnswer): string => {
  const words = reader.messages.receipt
  if (status !== 'enriched') return ''
  const place =
    placedIn === null ? words.notPlaced : words.placedIn(nameFor(reader, placedIn.names, placedIn.regionCode))
  return html`<p id="placed-in">${place}</p>`
}

const renderAnswer = (reader: Reader, answer: ReceiptAnswer): string =>
  html`<div class="answer" role="status">
    <p id="status" data-status="${answer.status}">${reader.messages.receipt.statuses[answer.status]}</p>
    !${renderPlace(reader, answer)}
  </div>`

/** What became of a report. The receipt travels in the body of a POST: addresses are kept in logs and histories. */
export const renderReceiptPage = (reader: Reader, outcome: ReceiptOutcome): string => {
  const { language, messages } = reader
  const words = messages.receipt
  const mistyped = outcome.is === 'mistyped'
  const fault = mistyped ? html`<p class="fault" role="alert" id="fault">${words.mistyped}</p>` : ''
  return renderPage({
    reader,
    heading: words.heading,
    signedIn: false,
    inLanguage: (other) => pageAddress('/receipt', other),
    body: html`<p>${words.text}</p>
      <form id="ask" class="narrow" method="post" action="/receipt">
        <input type="hidden" name="lang" value="${language}" />
        <label for="receipt">${words.label}</label>
        !${fault}
        <input
          id="receipt"
          name="receipt"
          required
          maxlength="100"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck="false"
          placeholder="XXXXX-XXXXX-XXXXX-XXXXX"
          value="${mistyped ? outcome.typed : ''}"
        />
        <button>${words.ask}</button>
      </form>
      !${outcome.is === 'found' ? renderAnswer(reader, outcome.answer) : ''}`,
  })
}
