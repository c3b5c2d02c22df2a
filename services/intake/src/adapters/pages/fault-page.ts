import { html } from 'ghtml'
import { languageLinks, type PageFrame, renderPage } from './layout.ts'

/** For what no form can mend. */
export const renderFaultPage = (frame: PageFrame, text: string): string => {
  const { language, messages } = frame
  return renderPage({
    frame,
    title: `${messages.errors.heading} · ${messages.title}`,
    languages: languageLinks('/', language),
    content: html`<h1>${messages.errors.heading}</h1>
      <p>${text}</p>
      <p><a class="button" href="/?lang=${language}">${messages.errors.back}</a></p>`,
  })
}
