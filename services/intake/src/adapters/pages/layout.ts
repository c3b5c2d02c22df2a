import { html } from 'ghtml'
import { PAGE_LANGUAGES, type PageLanguage } from '@baqylau/service-kit'
import { type Messages, messagesIn } from './messages.ts'

/** What every page is made with. */
export interface PageFrame {
  readonly language: PageLanguage
  readonly messages: Messages
  /** Somebody's key is in use on this device. */
  readonly signedIn: boolean
}

export interface Page {
  readonly frame: PageFrame
  readonly title: string
  /** Ready HTML: made with `html`, so what others wrote in it is escaped. */
  readonly languages: string
  readonly content: string
}

/** The same page in the other languages, by links. `path` is our own, and may have a query. */
export const languageLinks = (path: string, current: PageLanguage): string =>
  PAGE_LANGUAGES.map((language) => {
    const name = messagesIn(language).languageName
    const href = `${path}${path.includes('?') ? '&' : '?'}lang=${language}`
    return language === current
      ? html`<span lang="${language}" aria-current="true">${name}</span>`
      : html`<a href="${href}" lang="${language}" hreflang="${language}">${name}</a>`
  }).join('')

const leaveButton = ({ language, messages }: PageFrame): string =>
  html`<form method="post" action="/session/end?lang=${language}">
    <button class="quiet" type="submit">${messages.leave}</button>
  </form>`

/** A whole document around a page's content. */
export const renderPage = ({ frame, title, languages, content }: Page): string => {
  const { language, messages, signedIn } = frame
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="stylesheet" href="/form.css" />
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
      </head>
      <body>
        <header>
          <a class="name" href="/?lang=${language}">Бақылау</a>
          <nav aria-label="Тіл · Язык · Language">!${languages}</nav>
        </header>
        <p class="not-yet">${messages.notYet}</p>
        <main>!${content}</main>
        <footer>!${signedIn ? leaveButton(frame) : ''}</footer>
      </body>
    </html>`
}
