import { setTimeout as sleep } from 'node:timers/promises'
import type { LogProducer } from '@baqylau/kafka'
import { type Random, randomFrom } from './random.ts'

/** Of messages that nobody can read: how many the log acknowledged, and how many it may have. */
export interface PoisonCounts {
  readonly acknowledged: number
  readonly sent: number
}

export interface Poison {
  /** Puts one into the log. @throws Error when the log acknowledges none of many tries. */
  readonly put: () => Promise<void>
  readonly counts: () => PoisonCounts
}

const RETRY_MS = 500
const TRIES_MAX = 120

const RUBBISH = [
  (name: string) => `not JSON ${name}`,
  (name: string) => JSON.stringify({ some: 'thing', name }),
  (name: string) => JSON.stringify({ type: 'kz.baqylau.report.imagined.v1', name }),
  (name: string) => JSON.stringify({ type: 'kz.baqylau.report.submitted.v1', id: name }),
  (name: string) => `{"cut off": "${name}`,
  (name: string) =>
    Buffer.concat([Buffer.from('{"not":"UTF-8'), Buffer.from([0xff, 0xfe]), Buffer.from(name)]),
] as const

export const createPoison = (seed: number, topic: string, producer: LogProducer): Poison => {
  const random: Random = randomFrom(seed, 13)
  let acknowledged = 0
  let sent = 0
  let last: Promise<void> = Promise.resolve()

  const putOne = async (): Promise<void> => {
    const name = `${seed}/${acknowledged}`
    const value = random.pick(RUBBISH)(name)
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      sent += 1
      try {
        await producer.send([{ topic, key: name, value }])
        acknowledged += 1
        return
      } catch {
        await sleep(RETRY_MS)
      }
    }
    throw new Error(`poison ${name} was not put: the log acknowledged none of ${TRIES_MAX} tries`)
  }
  return {
    put: () => {
      // A producer takes one send at a time; one that failed is no hindrance.
      const put = last.then(putOne)
      last = put.catch(() => undefined)
      return put
    },
    counts: () => ({ acknowledged, sent }),
  }
}
