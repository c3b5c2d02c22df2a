import { AppError } from '@baqylau/contracts'
import { expect, it } from 'vitest'
import type { DeadLetter, Replay } from './domain/dead-letter.ts'
import { replayDeadLetters } from './replay.ts'

const letterAt = (offset: string): DeadLetter => ({
  step: 'lander',
  topic: 'reports',
  partition: 0,
  offset,
  reason: 'row_rejected',
  detail: 'refused',
  attempts: 1,
  firstAt: '2026-01-02T00:00:00.000Z',
  lastAt: '2026-01-02T00:00:00.000Z',
  replayed: false,
})

/** A clock that moves only when somebody waits, and what ClickHouse answers, time after time. */
const openParts = (answers: readonly (readonly DeadLetter[] | AppError)[], gone: readonly string[] = []) => {
  const sent: Replay[] = []
  let now = 0
  let asked = 0
  return {
    sent,
    askedTimes: () => asked,
    append: (replays: readonly Replay[]) => {
      sent.push(...replays)
      return Promise.resolve(
        replays.map(({ origin }) => origin).filter(({ offset }) => gone.includes(offset)),
      )
    },
    standing: () => {
      const answer = answers[Math.min(asked, answers.length - 1)] ?? []
      asked += 1
      return answer instanceof AppError ? Promise.reject(answer) : Promise.resolve(answer)
    },
    pause: (ms: number) => {
      now += ms
      return Promise.resolve()
    },
    now: () => now,
  }
}

const [one, two] = [letterAt('1'), letterAt('2')]
const closed = { ...one, replayed: true }

it('waits until it is known what became of each, also over a ClickHouse that is away for a while', async () => {
  const away = new AppError('read_side_unavailable', 'ClickHouse does not answer')
  const again = { ...two, attempts: 2 }
  const parts = openParts([away, [one, two], [closed, two], [closed, again]])
  const replayed = await replayDeadLetters([one, two], 60_000, parts)
  expect(replayed).toEqual([
    { letter: closed, fate: 'closed' },
    { letter: again, fate: 'buried_again' },
  ])
  expect(parts.askedTimes()).toBe(4)
})

it('waits no longer than it is told to', async () => {
  const parts = openParts([[one]])
  expect(await replayDeadLetters([one], 2000, parts)).toEqual([{ letter: one, fate: 'unknown' }])
  expect(parts.now()).toBe(2000)
  expect(await replayDeadLetters([one], 0, openParts([[closed]]))).toEqual([{ letter: one, fate: 'unknown' }])
})

it('does not wait for a message that the log does not have any more', async () => {
  const parts = openParts([[closed]], ['2'])
  expect(await replayDeadLetters([one, two], 60_000, parts)).toEqual([
    { letter: closed, fate: 'closed' },
    { letter: two, fate: 'gone' },
  ])
})

it('throws at once what waiting does not mend', async () => {
  const denied = new AppError('invalid_configuration', 'no')
  await expect(replayDeadLetters([one], 60_000, openParts([denied]))).rejects.toBe(denied)
})
