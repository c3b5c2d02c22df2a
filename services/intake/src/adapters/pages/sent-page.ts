import { html } from 'ghtml'
import { languageLinks, type PageFrame, renderPage } from './layout.ts'

/** The receipt, to write down, and where it tells what became of the report. */
export const renderSentPage = (frame: PageFrame, receipt: string, receiptPageUrl: string): string => {
  const { language, messages } = frame
  const { heading, text, label, becameOf, another } = messages.sent
  return renderPage({
    frame,
    title: `${heading} · ${messages.title}`,
    languages: languageLinks('/sent', language),
    content: html`<h1>${heading}</h1>
      <p>${text}</p>
      <p class="receipt"><span class="hint">${label}</span> <output>${receipt}</output></p>
      <p>${becameOf}<br /><a href="${receiptPageUrl}" rel="noreferrer">${receiptPageUrl}</a></p>
      <p><a class="button" href="/?lang=${language}">${another}</a></p>`,
  })
}
