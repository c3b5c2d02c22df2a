import { AppError } from '@baqylau/contracts'
import { openJobQueue, type QueueDepth } from '@baqylau/queue'
import { withPatience } from './patience.ts'

/** We only count jobs: nothing is sealed, nothing is tried. */
const LOOKING_ON = { sealingKey: new Uint8Array(32), attempts: 1 } as const
const ANSWER_MS_MAX = 5000

/** The client waits for a Redis that is away as long as it takes; an operator does not. */
const withinDeadline = async (asking: Promise<QueueDepth>): Promise<QueueDepth> => {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const why = `Redis does not answer within ${ANSWER_MS_MAX} ms. Is it running? Is REDIS_URL right?`
  const timer = setTimeout(() => reject(new AppError('queue_unavailable', why)), ANSWER_MS_MAX)
  try {
    return await Promise.race([asking, late])
  } finally {
    clearTimeout(timer)
  }
}

/** How many jobs the queue holds. @throws AppError `queue_unavailable`, within five seconds. */
export const queueDepth = async (redisUrl: string, prefix: string): Promise<QueueDepth> => {
  const queue = openJobQueue({ redisUrl, prefix, ...LOOKING_ON })
  try {
    return await withinDeadline(withPatience(queue.depth))
  } finally {
    // Not awaited: closing waits for a connection, too.
    queue.close().catch(() => undefined)
  }
}
