import { MESSAGES_MAX } from './story.ts'

/** What became of a message: never sent; sent, and perhaps it arrived; acknowledged, so it must be there. */
export type Fate = 'unsent' | 'sent' | 'acknowledged'
const FATES = ['unsent', 'sent', 'acknowledged'] as const satisfies readonly Fate[]

/** The client's memory: a byte per message, since everything else follows from the seed. */
export interface Ledger {
  readonly fateOf: (story: number, message: number) => Fate
  /** What was acknowledged stays so, whatever becomes of a later copy. */
  readonly note: (story: number, message: number, fate: Fate) => void
}

export const createLedger = (stories: number): Ledger => {
  const fates = new Uint8Array(stories * MESSAGES_MAX)
  const place = (story: number, message: number): number => story * MESSAGES_MAX + message
  return {
    fateOf: (story, message) => FATES[fates[place(story, message)] ?? 0] ?? 'unsent',
    note: (story, message, fate) => {
      const at = place(story, message)
      fates[at] = Math.max(fates[at] ?? 0, FATES.indexOf(fate))
    },
  }
}
