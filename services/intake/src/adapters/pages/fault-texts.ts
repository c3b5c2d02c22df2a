import type { FormFault } from '../../domain/form/form-faults.ts'
import type { PageLanguage } from '@baqylau/service-kit'
import { messagesIn } from './messages.ts'

/** What to do about a fault, in the reader's language. The rule alone decides, never what was typed. */
export const faultText = ({ field, reason }: FormFault, language: PageLanguage): string => {
  const { faults } = messagesIn(language)
  const { control } = field
  const number = (value: number): string => new Intl.NumberFormat(language).format(value)
  if (reason === 'missing') return faults.missing
  if (field.name === 'occurred.date') return faults.occurredDate
  switch (control.type) {
    case 'line':
    case 'text':
      return faults.tooLong(number(control.lengthMax))
    case 'whole_number':
      return faults.wholeNumber(number(control.min), number(control.max))
    case 'number':
      return faults.number(number(control.min), number(control.max))
    case 'date':
    case 'time':
      return faults[control.type]
    default:
      return faults.choice
  }
}
