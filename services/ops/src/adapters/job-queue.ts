import { setTimeout as pause } from 'node:timers/promises'
import { openJobQueue, type QueueDepth } from '@baqylau/queue'

const CONNECT_MS_MAX = 3000
const RETRY_MS = 100

/** We only count jobs: nothing is sealed, nothing is tried. */
const LOOKING_ON = { sealingKey: new Uint8Array(32), attempts: 1 } as const

const firstAnswer = async (ask: () => Promise<QueueDepth>, deadline: number): Promise<QueueDepth> => {
  try {
    return await ask()
  } catch (error) {
    if (Date.now() >= deadline) throw error
    await pause(RETRY_MS)
    return firstAnswer(ask, deadline)
  }
}

/** How many jobs the queue holds. The client connects in the background: it has three seconds. @throws AppError. */
export const queueDepth = async (redisUrl: string, prefix: string): Promise<QueueDepth> => {
  const queue = openJobQueue({ redisUrl, prefix, ...LOOKING_ON })
  try {
    return await firstAnswer(queue.depth, Date.now() + CONNECT_MS_MAX)
  } finally {
    await queue.close()
  }
}
