import { KINDS } from '@baqylau/contracts'
import { describe, expect, it } from 'vitest'
import { type Field, fieldsOf, sectionsOf } from '../../domain/form/form-model.ts'
import { PAGE_LANGUAGES } from '@baqylau/service-kit'
import { messagesIn } from './messages.ts'
import { freshForm, renderReportPage } from './report-page.ts'

const ATTACK = `"'><script>alert(1)</script>&`
const frame = { language: 'ru', messages: messagesIn('ru'), signedIn: true } as const

const takesText = ({ control }: Field): boolean =>
  !('words' in control) && !['tick', 'yes_no'].includes(control.type)

describe.each(KINDS)('the page of %s', (kind) => {
  const fields = fieldsOf(sectionsOf(kind))

  it.each(PAGE_LANGUAGES)('has a labelled control for every field, in %s', (language) => {
    const typed = freshForm(kind, 'an-id', language)
    const page = renderReportPage({
      frame: { ...frame, language, messages: messagesIn(language) },
      kind,
      typed,
    })
    const unnamed = fields.filter(({ name }) => !page.includes(`name="${name}"`))
    const unlabelled = fields.filter(
      ({ name, control }) =>
        control.type !== 'tick' && control.type !== 'choices' && !page.includes(`<label for="${name}">`),
    )
    expect({ unnamed, unlabelled }).toEqual({ unnamed: [], unlabelled: [] })
  })
  it('shows what was typed as text, whatever it is', () => {
    const typed = new URLSearchParams(fields.map(({ name }): [string, string] => [name, ATTACK]))
    typed.set('formId', ATTACK)
    const page = renderReportPage({ frame, kind, typed })
    expect(page).not.toContain('<script')
    const shown = page.split('&#34;&#39;&#62;&#60;script&#62;').length - 1
    expect(shown).toBe(fields.filter(takesText).length + 1)
  })
  it('ties each fault to its field, and links to it from the top', () => {
    const faults = {
      atFields: fields.map((field) => ({ field, reason: 'refused' as const })),
      elsewhere: true,
    }
    const page = renderReportPage({ frame, kind, typed: freshForm(kind, 'an-id', 'ru'), faults })
    for (const { name, control } of fields) {
      if (control.type === 'tick') continue
      expect(page).toContain(`href="#${name}"`)
      expect(page).toContain(`id="${name}-fault"`)
    }
    expect(page).not.toContain('undefined')
  })
})
