import type { PageLanguage } from '@baqylau/service-kit'
import { en } from './messages/en.ts'
import { kk } from './messages/kk.ts'
import { ru } from './messages/ru.ts'
import type { Messages } from './messages/texts.ts'

const messages: Readonly<Record<PageLanguage, Messages>> = { kk, ru, en }

export const messagesIn = (language: PageLanguage): Messages => messages[language]
