import { setTimeout as delay } from 'node:timers/promises'

const POLL_MS = 50

/** Asks again and again until the answer is yes (true), the deadline has passed (false), or the signal fires (false). */
export async function waitUntil(
  condition: () => Promise<boolean>,
  options: { readonly withinMs: number; readonly signal?: AbortSignal },
): Promise<boolean> {
  const deadline = performance.now() + options.withinMs
  while (performance.now() < deadline && options.signal?.aborted !== true) {
    if (await condition()) return true
    await delay(POLL_MS)
  }
  return false
}
