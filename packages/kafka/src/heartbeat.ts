/** A third of the shortest session. */
export const HEARTBEAT_MS = 3000

/** Runs `work`, and sends heartbeats meanwhile. Rejects as soon as one fails: a rebalance has begun, or the group lost us. */
export const whileBeating = async (work: Promise<void>, heartbeat: () => Promise<void>): Promise<void> => {
  const { promise: lost, reject } = Promise.withResolvers<never>()
  const timer = setInterval(() => {
    heartbeat().catch(reject)
  }, HEARTBEAT_MS)
  try {
    await Promise.race([work, lost])
  } finally {
    clearInterval(timer)
  }
}
