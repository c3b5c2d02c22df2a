import { html } from 'ghtml'
import { STYLESHEET_ADDRESS } from './stylesheet.ts'
import { type PageLanguage, PAGE_LANGUAGES } from '@baqylau/service-kit'
import { messagesIn } from './messages.ts'
import { pageAddress } from './page-filter.ts'
import type { Reader } from './reader.ts'

export interface PageParts {
  readonly reader: Reader
  readonly heading: string
  /** HTML. */
  readonly body: string
  /** The same page in another language. */
  readonly inLanguage: (language: PageLanguage) => string
  readonly signedIn: boolean
}

const languageLinks = ({ reader, inLanguage }: PageParts): string =>
  PAGE_LANGUAGES.map((language) => {
    const name = messagesIn(language).languageName
    return language === reader.language
      ? html`<span aria-current="true" lang="${language}">${name}</span>`
      : html`<a href="${inLanguage(language)}" lang="${language}" hreflang="${language}">${name}</a>`
  }).join(' ')

const leaveForm = ({ language, messages }: Reader): string =>
  html`<form method="post" action="/session/end">
    <input type="hidden" name="lang" value="${language}" />
    <button class="quiet">${messages.nav.leave}</button>
  </form>`

/** A whole page. */
export const renderPage = (parts: PageParts): string => {
  const { reader, heading, body, signedIn } = parts
  const { language, messages } = reader
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${heading} · ${messages.title}</title>
        <link rel="stylesheet" href="${STYLESHEET_ADDRESS}" />
        <link rel="icon" href="data:," />
      </head>
      <body>
        <header>
          <p class="brand">${messages.title}</p>
          <nav>
            <a href="${pageAddress('/', language)}">${messages.nav.overview}</a>
            <a href="${pageAddress('/receipt', language)}">${messages.nav.receipt}</a>
          </nav>
          <div class="languages">!${languageLinks(parts)}</div>
          !${signedIn ? leaveForm(reader) : ''}
        </header>
        <main>
          <h1>${heading}</h1>
          !${body}
        </main>
      </body>
    </html>`
}
