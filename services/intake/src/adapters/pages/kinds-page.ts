import { html } from 'ghtml'
import { KINDS } from '@baqylau/contracts'
import { languageLinks, type PageFrame, renderPage } from './layout.ts'

/** Where a kind of report is chosen. */
export const renderKindsPage = (frame: PageFrame): string => {
  const { language, messages } = frame
  const kinds = KINDS.map(
    (kind) =>
      html`<li>
        <a href="/report?kind=${kind}&lang=${language}">
          <strong>${messages.kinds[kind]}</strong>
          <span>${messages.kindHints[kind]}</span>
        </a>
      </li>`,
  )
  return renderPage({
    frame,
    title: messages.title,
    languages: languageLinks('/', language),
    content: html`<h1>${messages.kindsHeading}</h1>
      <ul class="kinds">
        !${kinds}
      </ul>`,
  })
}
