import type { Names } from '../../domain/akimat-names.ts'
import { type Formats, formatsIn } from './formats.ts'
import type { PageLanguage } from '@baqylau/service-kit'
import { messagesIn } from './messages.ts'
import type { Messages } from './messages/texts.ts'

/** Whom a page is written for: the language, and how it says words, numbers and days. */
export interface Reader {
  readonly language: PageLanguage
  readonly messages: Messages
  readonly formats: Formats
}

export const readerOf = (language: PageLanguage): Reader => ({
  language,
  messages: messagesIn(language),
  formats: formatsIn(language),
})

/** An akimat in the reader's language; its code where it has no name. */
export const nameFor = ({ language }: Reader, names: Names | null, code: string): string =>
  names?.[language] ?? code
