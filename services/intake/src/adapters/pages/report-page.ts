import { html } from 'ghtml'
import type { Kind } from '@baqylau/contracts'
import type { FormFaults } from '../../domain/form/form-faults.ts'
import { type Field, fieldsOf, type Section, sectionsOf } from '../../domain/form/form-model.ts'
import type { Typed } from '../../domain/form/read-form.ts'
import { type FormView, renderField } from './controls.ts'
import { faultText } from './fault-texts.ts'
import { renderKeyField } from './key-page.ts'
import { PAGE_LANGUAGES } from '@baqylau/service-kit'
import { type PageFrame, renderPage } from './layout.ts'
import { messagesIn, textNamed } from './messages.ts'

export interface ReportPage {
  readonly frame: PageFrame
  readonly kind: Kind
  readonly typed: Typed
  readonly faults?: FormFaults
  /** Something that kept the report from being sent, though nothing is wrong with it. */
  readonly notice?: string
  /** The key is asked for within the form: the session ended while it was filled in. */
  readonly keyFault?: string
}

/** What a fresh form says: an id that its report's id is made from, so that sending it twice is one report. */
export const freshForm = (kind: Kind, formId: string, language: string): Typed => {
  const initial = fieldsOf(sectionsOf(kind)).filter(({ initially }) => initially !== undefined)
  const values = initial.map(({ name, initially = '' }): [string, string] => [name, initially])
  return new URLSearchParams([['formId', formId], ['language', language], ...values])
}

const ROW_NUMBER = /\.(\d+)\./u

/** A field's label, with its line where there are several. */
const labelOf = ({ name, key }: Field, { messages }: PageFrame): string => {
  const row = ROW_NUMBER.exec(name)?.[1]
  const label = textNamed(messages.fields, key)
  return row === undefined ? label : `${messages.row} ${Number(row) + 1}: ${label}`
}

const renderSummary = ({ frame, faults, notice }: ReportPage): string => {
  if (notice !== undefined) return html`<div class="summary" role="alert"><p>${notice}</p></div>`
  if (faults === undefined) return ''
  const items = faults.atFields.map(
    (fault) =>
      html`<li>
        <a href="#${fault.field.name}">${labelOf(fault.field, frame)}</a>: ${faultText(fault, frame.language)}
      </li>`,
  )
  const elsewhere = faults.elsewhere ? html`<li>${frame.messages.faults.elsewhere}</li>` : ''
  return html`<div class="summary" role="alert" aria-labelledby="summary">
    <h2 id="summary">${frame.messages.faults.heading}</h2>
    <ul>
      !${items}!${elsewhere}
    </ul>
  </div>`
}

const renderSection = (section: Section, view: FormView): string => {
  const title = textNamed(view.messages.sections, section.title)
  if (section.type === 'fields') {
    return html`<fieldset>
      <legend>${title}</legend>
      !${section.fields.map((field) => renderField(field, view))}
    </fieldset>`
  }
  const rows = section.rows.map(
    (row, index) =>
      html`<div class="row" role="group" aria-label="${`${view.messages.row} ${index + 1}`}">
        !${row.map((field) => renderField({ ...field, required: false }, view))}
      </div>`,
  )
  const isRequired = section.rows.flat().some(({ required }) => required)
  return html`<fieldset>
    <legend>
      ${title}!${isRequired ? html` <span class="required">${view.messages.required}</span>` : ''}
    </legend>
    !${rows}
  </fieldset>`
}

/** Buttons, not links: what is typed goes along, and comes back in the other language. */
const languageButtons = ({ frame, kind }: ReportPage): string => {
  const buttons = PAGE_LANGUAGES.map((language) => {
    const name = messagesIn(language).languageName
    return language === frame.language
      ? html`<span lang="${language}" aria-current="true">${name}</span>`
      : html`<button
          class="link"
          form="report"
          formaction="/report/draft?kind=${kind}&lang=${language}"
          lang="${language}"
        >
          ${name}
        </button>`
  })
  // The Enter key presses the first button of a form in the document's order: that must be the one that sends.
  return html`<button class="unseen" form="report" tabindex="-1" aria-hidden="true">
      ${frame.messages.send}
    </button>
    !${buttons}`
}

/** The form of one kind of report, as it was filled in so far. */
export const renderReportPage = (page: ReportPage): string => {
  const { frame, kind, typed, faults, keyFault } = page
  const { messages, language } = frame
  const texts = (faults?.atFields ?? []).map(
    (fault) => [fault.field.name, faultText(fault, language)] as const,
  )
  const view: FormView = { typed, messages, faults: new Map(texts) }
  const content = html`<p><a href="/?lang=${language}">← ${messages.otherKind}</a></p>
    <h1>${messages.kinds[kind]}</h1>
    <p class="lead">${messages.kindHints[kind]}</p>
    !${renderSummary(page)}
    <form
      id="report"
      method="post"
      action="/report?kind=${kind}&lang=${language}"
      novalidate
      autocomplete="off"
    >
      <input type="hidden" name="formId" value="${typed.get('formId')}" />
      !${keyFault === undefined ? '' : renderKeyField(messages, keyFault)}
      !${sectionsOf(kind).map((section) => renderSection(section, view))}
      <button type="submit">${messages.send}</button>
    </form>`
  return renderPage({
    frame,
    title: `${messages.kinds[kind]} · ${messages.title}`,
    languages: languageButtons(page),
    content,
  })
}
