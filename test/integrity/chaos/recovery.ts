import { LANDED_TOPICS, topicName } from '@baqylau/contracts'
import { waitUntil } from '@baqylau/infra-local'
import type { LogAdmin } from '@baqylau/kafka'

const REPORTS = ['reports'] as const

const lagOf = async (admin: LogAdmin, prefix: string, stage: 'dispatcher' | 'lander'): Promise<number> => {
  const topics = stage === 'dispatcher' ? REPORTS : LANDED_TOPICS
  const lags = await admin.lagOf(
    `${prefix}${stage}`,
    topics.map((topic) => topicName(prefix, topic)),
  )
  return lags.reduce((sum, { lag }) => sum + lag, 0)
}

/** Records that a stage has still to do; undefined while Kafka cannot tell. */
export const backlogOf = async (admin: LogAdmin, prefix: string): Promise<number | undefined> => {
  try {
    // In this order: what the dispatcher has committed is enriched, and so has to land too.
    const dispatching = await lagOf(admin, prefix, 'dispatcher')
    return dispatching + (await lagOf(admin, prefix, 'lander'))
  } catch {
    return undefined
  }
}

/** Waits until no more than so many records are to be done. Returns whether that came in time. */
export const waitForBacklog = (
  admin: LogAdmin,
  prefix: string,
  { most, withinMs }: { readonly most: number; readonly withinMs: number },
): Promise<boolean> =>
  waitUntil(
    async () => {
      const backlog = await backlogOf(admin, prefix)
      return backlog !== undefined && backlog <= most
    },
    { withinMs },
  )
