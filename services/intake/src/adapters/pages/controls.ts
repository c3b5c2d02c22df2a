import { html } from 'ghtml'
import type { Field } from '../../domain/form/form-model.ts'
import { type Typed, typedAt } from '../../domain/form/read-form.ts'
import { type Messages, textNamed } from './messages.ts'

/** What the fields of one form are rendered with. */
export interface FormView {
  readonly typed: Typed
  readonly messages: Messages
  /** By the name of the field. */
  readonly faults: ReadonlyMap<string, string>
}

const NARRATIVE_ROWS = 9
const TEXT_ROWS = 3

const hintOf = ({ key }: Field, { messages }: FormView): string | undefined =>
  (messages.hints as Readonly<Record<string, string>>)[key]

/** Attributes that tie a control to its hint and its fault. */
const attributesOf = (field: Field, view: FormView): string => {
  const { name, required } = field
  const described = [
    ...(hintOf(field, view) === undefined ? [] : [`${name}-hint`]),
    ...(view.faults.has(name) ? [`${name}-fault`] : []),
  ]
  return [
    html`id="${name}" name="${name}"`,
    described.length > 0 ? html` aria-describedby="${described.join(' ')}"` : '',
    view.faults.has(name) ? ' aria-invalid="true"' : '',
    required ? ' aria-required="true"' : '',
  ].join('')
}

const hintAndFault = (field: Field, view: FormView): string => {
  const hint = hintOf(field, view)
  const fault = view.faults.get(field.name)
  return [
    hint === undefined ? '' : html`<p class="hint" id="${field.name}-hint">${hint}</p>`,
    fault === undefined ? '' : html`<p class="fault" id="${field.name}-fault">${fault}</p>`,
  ].join('')
}

const input = (field: Field, view: FormView, type: string): string =>
  html`<input !${attributesOf(field, view)} !${type} value="${view.typed.get(field.name)}" />`

const textArea = (field: Field, view: FormView): string => {
  const rows = field.name === 'narrative' ? NARRATIVE_ROWS : TEXT_ROWS
  return html`<textarea !${attributesOf(field, view)} rows="${rows}">${view.typed.get(field.name)}</textarea>`
}

const option = (value: string, text: string, chosen: string): string =>
  html`<option value="${value}" !${value === chosen ? 'selected' : ''}>${text}</option>`

const select = (field: Field, view: FormView, words: Readonly<Record<string, string>>): string => {
  const chosen = typedAt(view.typed, field.name) || (field.initially ?? '')
  const options = Object.entries(words).map(([word, text]) => option(word, text, chosen))
  return html`<select !${attributesOf(field, view)}>
    !${options}
  </select>`
}

const wordsOf = ({ key }: Field, messages: Messages): Readonly<Record<string, string>> =>
  (messages.words as Readonly<Record<string, Readonly<Record<string, string>>>>)[key] ?? {}

const choice = (field: Field, words: readonly string[], view: FormView): string => {
  const texts = wordsOf(field, view.messages)
  const named = Object.fromEntries(words.map((word) => [word, textNamed(texts, word)]))
  return select(field, view, field.initially === undefined ? { '': '—', ...named } : named)
}

/** Text fields for numbers too: a number field of a browser swallows what is no number, and then it cannot be shown again. */
const INPUTS = {
  line: 'type="text"',
  whole_number: 'type="text" inputmode="numeric" class="short"',
  number: 'type="text" inputmode="decimal" class="short"',
  date: 'type="date" class="short"',
  time: 'type="time" class="short"',
} as const

const control = (field: Field, view: FormView): string => {
  const { yes, no, notKnown } = view.messages
  switch (field.control.type) {
    case 'text':
      return textArea(field, view)
    case 'yes_no':
      return select(field, view, { '': notKnown, yes, no })
    case 'choice':
      return choice(field, field.control.words, view)
    case 'choices':
    case 'tick':
      return ''
    default:
      return input(field, view, INPUTS[field.control.type])
  }
}

const tickBox = (name: string, value: string, text: string, ticked: boolean): string =>
  html`<label class="tick">
    <input type="checkbox" name="${name}" value="${value}" !${ticked ? 'checked' : ''} />
    <span>${text}</span>
  </label>`

const renderChoices = (field: Field, words: readonly string[], view: FormView): string => {
  const chosen = new Set(view.typed.getAll(field.name))
  const texts = wordsOf(field, view.messages)
  const boxes = words.map((word) => tickBox(field.name, word, textNamed(texts, word), chosen.has(word)))
  return html`<fieldset class="field plain" id="${field.name}">
    <legend>${textNamed(view.messages.fields, field.key)}</legend>
    !${hintAndFault(field, view)} !${boxes}
  </fieldset>`
}

/** A field with its label, hint, fault, and what was typed. */
export const renderField = (field: Field, view: FormView): string => {
  const label = textNamed(view.messages.fields, field.key)
  if (field.control.type === 'choices') return renderChoices(field, field.control.words, view)
  if (field.control.type === 'tick') {
    return html`<div class="field">!${tickBox(field.name, 'yes', label, view.typed.has(field.name))}</div>`
  }
  const required = field.required ? html` <span class="required">${view.messages.required}</span>` : ''
  return html`<div class="field">
    <label for="${field.name}">${label}!${required}</label>
    !${hintAndFault(field, view)} !${control(field, view)}
  </div>`
}
