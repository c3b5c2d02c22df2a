import { html } from 'ghtml'
import { renderPage } from './layout.ts'
import { pageAddress } from './page-filter.ts'
import type { Reader } from './reader.ts'

/** Where an analyst enters the key, once. `refused`: the last one was not taken. */
export const renderSignIn = (reader: Reader, refused: boolean): string => {
  const { language, messages } = reader
  const words = messages.signIn
  const fault = refused ? html`<p class="fault" role="alert" id="fault">${words.refused}</p>` : ''
  return renderPage({
    reader,
    heading: words.heading,
    signedIn: false,
    inLanguage: (other) => pageAddress('/', other),
    body: html`<p>${words.text}</p>
      <form id="sign-in" class="narrow" method="post" action="/session">
        <input type="hidden" name="lang" value="${language}" />
        <label for="key">${words.key}</label>
        !${fault}
        <input id="key" name="key" type="password" required maxlength="200" autocomplete="off" />
        <button>${words.enter}</button>
      </form>`,
  })
}
