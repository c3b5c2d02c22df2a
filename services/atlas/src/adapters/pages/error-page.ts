import type { ErrorCode } from '@baqylau/contracts'
import { html } from 'ghtml'
import { renderPage } from './layout.ts'
import type { Messages } from './messages/texts.ts'
import { pageAddress } from './page-filter.ts'
import type { Reader } from './reader.ts'

const sayingOf = (code: ErrorCode, { errors }: Messages): string => {
  switch (code) {
    case 'rate_limited':
      return errors.rateLimited
    case 'forbidden':
      return errors.forbidden
    case 'internal':
    case 'overloaded':
    case 'read_side_unavailable':
    case 'read_side_not_ready':
      return errors.unavailable
    default:
      return errors.other
  }
}

/** What a page says instead of a problem document. */
export const renderError = (reader: Reader, code: ErrorCode): string =>
  renderPage({
    reader,
    heading: reader.messages.errors.heading,
    signedIn: false,
    inLanguage: (other) => pageAddress('/', other),
    body: html`<p class="fault" role="alert">${sayingOf(code, reader.messages)}</p>`,
  })
