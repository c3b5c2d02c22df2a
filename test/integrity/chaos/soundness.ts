import type { ChaosResult } from './chaos.ts'
import type { Stretch } from './fault-plan.ts'

/** Where nothing is acknowledged, nothing can be lost. Some is not even without faults: of clients that send once. */
const ACKNOWLEDGED_SHARE_MIN = 0.95

/**
 * What is wrong with a run, in words; nothing: it is sound. Nothing may be lost, counted twice, or other than it was; and the
 * run must have been one: every fault harmed something, and nearly all that was to be sent was acknowledged.
 */
export const faultsOfRun = (
  result: ChaosResult,
  { stretches }: { readonly stretches: readonly Stretch[] },
): readonly string[] => {
  const { messages, acknowledgedMessages, faults, failures } = result
  const planned = stretches.flat().length
  const wrong = [
    [result.lost > 0, `${result.lost} are lost`],
    [result.doubled > 0, `${result.doubled} are counted twice`],
    [result.differing > 0, `${result.differing} differ`],
    [!result.verified, 'baqylau verify does not agree'],
    [failures.length > 0, `${failures.length} things failed that the run had to do`],
    [faults !== planned, `${faults} faults of ${planned} were done`],
    [result.caughtUpSeconds === null, 'it was not caught up in time'],
    // Not a comparison of shares: of no messages at all, there is none.
    [
      messages === 0 || acknowledgedMessages < messages * ACKNOWLEDGED_SHARE_MIN,
      `only ${acknowledgedMessages} messages of ${messages} were acknowledged`,
    ],
  ] as const
  return wrong.flatMap(([isWrong, what]) => (isWrong ? [what] : []))
}
