import { html } from 'ghtml'
import { languageLinks, type PageFrame, renderPage } from './layout.ts'
import type { Messages } from './messages.ts'

/** Asks for the key. What was typed is never shown again. */
export const renderKeyField = ({ key }: Messages, fault: string | undefined): string =>
  html`<div class="field">
    <label for="key">${key.label}</label>
    !${fault === undefined ? '' : html`<p class="fault" id="key-fault">${fault}</p>`}
    <input
      id="key"
      name="key"
      type="password"
      autocomplete="current-password"
      autocapitalize="none"
      spellcheck="false"
      !${fault === undefined ? '' : 'aria-invalid="true" aria-describedby="key-fault"'}
    />
  </div>`

/** Where a key is entered, once for 8 hours. */
export const renderKeyPage = (frame: PageFrame, fault?: string): string => {
  const { language, messages } = frame
  const { heading, text, enter } = messages.key
  return renderPage({
    frame,
    title: messages.title,
    languages: languageLinks('/', language),
    content: html`<h1>${messages.title}</h1>
      <form method="post" action="/session?lang=${language}" novalidate>
        <fieldset>
          <legend>${heading}</legend>
          <p class="hint">${text}</p>
          !${renderKeyField(messages, fault)}
        </fieldset>
        <button type="submit">${enter}</button>
      </form>`,
  })
}
