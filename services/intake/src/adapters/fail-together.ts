/** Something that waits to be written, numbered in the order in which it came, from 1. */
export interface Numbered {
  readonly ticket: number
}

/**
 * Refuses at once what was already waiting when a write failed: it waited for the same broker, and its sender has waited
 * long enough. What comes later is tried, so that an outage ends by itself. `lastTicket` is the latest number given.
 */
export const failTogether = <Entry extends Numbered>(
  write: (entries: readonly Entry[]) => Promise<void>,
  lastTicket: () => number,
): ((entries: readonly Entry[]) => Promise<void>) => {
  let failure: { readonly error: unknown; readonly through: number } | undefined
  return async (entries) => {
    if (failure !== undefined && (entries.at(-1)?.ticket ?? 0) <= failure.through) throw failure.error
    try {
      await write(entries)
    } catch (error) {
      failure = { error, through: lastTicket() }
      throw error
    }
  }
}
