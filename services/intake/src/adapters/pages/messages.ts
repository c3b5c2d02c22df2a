import type { PageLanguage } from '@baqylau/service-kit'
import { en, type Messages } from './messages/en.ts'
import { kk } from './messages/kk.ts'
import { ru } from './messages/ru.ts'

export type { Messages } from './messages/en.ts'

const messages: Readonly<Record<PageLanguage, Messages>> = { kk, ru, en }

export const messagesIn = (language: PageLanguage): Messages => messages[language]

/** A text by the name that a field or word has in the form's model: complete by a test, which the compiler cannot see. */
export const textNamed = (texts: Readonly<Record<string, string>>, name: string): string =>
  texts[name] ?? name
