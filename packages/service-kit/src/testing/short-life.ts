import { type Life, runService } from '../lifecycle.ts'

/** Services that live and end in one way each; the tests of the life cycle run them as processes of their own. */
const say = (word: string): void => {
  process.stdout.write(`${word}\n`)
}
const stayUp = (life: Life): void => {
  const timer = setInterval(() => {}, 60_000)
  life.onStop('first opened', () => {
    clearInterval(timer)
    say('closed first opened')
  })
}
const scenarios: Readonly<Record<string, (life: Life) => Promise<void> | void>> = {
  orderly: (life) => {
    stayUp(life)
    life.onStop('last opened', async () => {
      await new Promise((resolve) => setImmediate(resolve))
      say('closed last opened')
    })
  },
  'failing step': (life) => {
    stayUp(life)
    life.onStop('last opened', () => {
      throw new Error('cannot be closed')
    })
  },
  'unhandled rejection': (life) => {
    stayUp(life)
    void Promise.reject(new Error('nobody looks at this'))
  },
  'uncaught exception': (life) => {
    stayUp(life)
    setImmediate(() => {
      throw new Error('nobody catches this')
    })
  },
  'failed start': (life) => {
    stayUp(life)
    return Promise.reject(new Error('cannot start'))
  },
  failure: (life) => {
    stayUp(life)
    life.fail(new Error('the consumer has crashed'))
    life.fail(new Error('once more'))
  },
  'hanging step': (life) => {
    stayUp(life)
    life.onStop('last opened', () => {
      life.graceOver.addEventListener('abort', () => say('grace is over'))
      return new Promise(() => {})
    })
  },
}

await runService('short-life', async (life) => {
  await scenarios[process.argv[2] ?? '']?.(life)
  say('started')
})
