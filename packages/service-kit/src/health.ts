/** One dependency's answer: undefined when it is there, else what is wrong, in words for an operator. */
export type Check = () => Promise<string | undefined> | string | undefined

export interface Health {
  /** Liveness: what only a restart would mend. */
  readonly alive: Check
  /** Readiness: each dependency by name. */
  readonly ready: Readonly<Record<string, Check>>
}

export interface HealthReport {
  readonly ok: boolean
  readonly checks: Readonly<Record<string, string>>
}

const CHECK_MS_MAX = 3000

const ask = async (check: Check): Promise<string | undefined> => {
  const { promise: late, resolve } = Promise.withResolvers<string>()
  const timer = setTimeout(() => resolve(`no answer within ${CHECK_MS_MAX} ms`), CHECK_MS_MAX)
  try {
    return await Promise.race([Promise.resolve().then(check), late])
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    clearTimeout(timer)
  }
}

/** Asks every check, at once; each has three seconds. */
export const reportHealth = async (checks: Readonly<Record<string, Check>>): Promise<HealthReport> => {
  const answers = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, (await ask(check)) ?? 'ok'] as const),
  )
  return { ok: answers.every(([, answer]) => answer === 'ok'), checks: Object.fromEntries(answers) }
}

export interface ProgressWatch {
  /** Counts `work` as work in hand until it is settled. */
  readonly during: <Result>(work: Promise<Result>) => Promise<Result>
  /** Undefined while work moves on or there is none, else how long it has been stuck. */
  readonly stuck: Check
}

/** Liveness is progress: work in hand of which nothing was finished for `stuckMs` (a minute, say) is not alive. */
export const createProgressWatch = (stuckMs: number, now: () => number = Date.now): ProgressWatch => {
  let inHand = 0
  let movedAt = now()
  return {
    during: async (work) => {
      if (inHand === 0) movedAt = now()
      inHand += 1
      try {
        return await work
      } finally {
        inHand -= 1
        movedAt = now()
      }
    },
    stuck: () => {
      const idleMs = now() - movedAt
      return inHand > 0 && idleMs > stuckMs
        ? `work in hand, and no progress for ${Math.round(idleMs / 1000)} s`
        : undefined
    },
  }
}
