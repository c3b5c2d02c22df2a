const FIRST_MS = 500
const LONGEST_MS = 15_000

/**
 * How long to wait before the next try, in milliseconds: twice as long after every failed one, and anywhere in the upper
 * half of that, so that many senders do not come back together. Never sooner than the server asked for, up to a bound.
 */
export const retryDelayMs = (failures: number, random: number, retryAfterMs = 0): number => {
  const full = Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS)
  const jittered = full / 2 + (random * full) / 2
  return Math.round(Math.max(jittered, Math.min(retryAfterMs, LONGEST_MS)))
}
