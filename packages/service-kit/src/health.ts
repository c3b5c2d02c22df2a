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
  /**
   * Counts `work` as work in hand until it is settled, well or not. An attempt on a server that is away settles too: an
   * outage that is tried again and again is alive, and it is readiness that tells of it.
   */
  readonly during: <Result>(work: Promise<Result>) => Promise<Result>
  /** Something moved that was not work in hand. */
  readonly moved: () => void
  /** What there is to do, in words, that nobody has in hand; undefined when there is nothing. Asked whenever somebody looks. */
  readonly waits: (what: () => string | undefined) => void
  /** Undefined while things move, or there is nothing to do; else how long nothing has moved. */
  readonly stuck: Check
}

/**
 * Liveness is progress: work in hand, or waiting to be taken, of which nothing was finished or tried for `stuckMs` (a
 * minute, say) is not alive. A restart mends that; it would mend no outage.
 */
export const createProgressWatch = (stuckMs: number, now: () => number = Date.now): ProgressWatch => {
  let inHand = 0
  let movedAt = now()
  const waiting: (() => string | undefined)[] = []
  const moved = (): void => {
    movedAt = now()
  }
  return {
    during: async (work) => {
      if (inHand === 0) moved()
      inHand += 1
      try {
        return await work
      } finally {
        inHand -= 1
        moved()
      }
    },
    moved,
    waits: (what) => void waiting.push(what),
    stuck: () => {
      const idleMs = now() - movedAt
      if (idleMs <= stuckMs) return undefined
      const held = inHand > 0 ? ['work in hand'] : []
      const what = [...held, ...waiting.map((tell) => tell()).filter((answer) => answer !== undefined)]
      return what.length === 0
        ? undefined
        : `${what.join(', ')}, and no progress for ${Math.round(idleMs / 1000)} s`
    },
  }
}
