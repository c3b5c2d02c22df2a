/** Runs `work` every so many milliseconds, never twice at once. Returns what stops it, once a run under way has ended. */
export const every = (intervalMs: number, work: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | undefined
  const timer = setInterval(() => {
    running ??= work().finally(() => {
      running = undefined
    })
  }, intervalMs)
  return async () => {
    clearInterval(timer)
    await running
  }
}
