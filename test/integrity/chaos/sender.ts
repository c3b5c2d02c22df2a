import { setTimeout as sleep } from 'node:timers/promises'
import { type Attempt, attempt, type Credentials, type Letter } from './intake-client.ts'
import type { Fate, Ledger } from './ledger.ts'
import { type Random, randomFrom } from './random.ts'
import { AUTHORS, type AuthorName, MESSAGES_MAX, type Naming, type Story, storyOf } from './story.ts'

/** Who sends, where to, and what is remembered of it. */
export interface SenderParts {
  readonly seed: number
  readonly intakeUrl: string
  readonly naming: Naming
  readonly keys: Readonly<Record<AuthorName | 'operator', string>>
  readonly ledger: Ledger
  /** Told of a message that intake says it will never take: there is none such. */
  readonly onRefused: (what: string) => void
}

/** Consecutive stories. */
export interface Stories {
  readonly from: number
  readonly to: number
}

/** Requests under way at once. */
const CLIENTS = 6
const SIZES = [1, 1, 5, 20, 50, 100, 200, 400] as const
/** So that some are sent at every moment of a stretch. */
const CHUNKS_MIN = 10
/** Clients that send everything once, and never ask what became of it. */
const GIVES_UP = 0.03
const PATIENCE_MS = 120_000
const RETRY_MS_MIN = 100
const RETRY_MS_MAX = 2000

interface Entry extends Letter {
  readonly story: number
  readonly index: number
}

interface Bundle {
  readonly entries: readonly Entry[]
  readonly credentials: Credentials
  readonly asLines: boolean
}

interface Chunk extends Stories {
  readonly patienceMs: number
  readonly asLines: boolean
}

const chunksOf = (seed: number, { from, to }: Stories): readonly Chunk[] => {
  const random: Random = randomFrom(seed, from, to)
  const chunks: Chunk[] = []
  const sizeMax = Math.ceil((to - from) / CHUNKS_MIN)
  let next = from
  while (next < to) {
    const end = Math.min(next + Math.min(random.pick(SIZES), sizeMax), to)
    const patienceMs = random.chance(GIVES_UP) ? 0 : PATIENCE_MS
    chunks.push({ from: next, to: end, patienceMs, asLines: random.chance(0.5) })
    next = end
  }
  return chunks
}

const FATE_OF: Readonly<Record<Attempt['kind'], Fate>> = {
  acknowledged: 'acknowledged',
  unanswered: 'sent',
  // It is nowhere, and may not be: but that is for the report's comparison to see.
  refused: 'unsent',
}

/** Sends a bundle, and again what was not acknowledged, as long as the patience lasts. */
const persist = async (
  bundle: Bundle,
  patienceMs: number,
  onAcknowledged: (entry: Entry, receipt: string) => void,
  { intakeUrl, ledger, onRefused }: SenderParts,
): Promise<void> => {
  const startedAt = performance.now()
  let rest = bundle.entries
  let pauseMs = RETRY_MS_MIN
  for (;;) {
    const attempts = await attempt(intakeUrl, rest, bundle.credentials, bundle.asLines)
    for (const [at, entry] of rest.entries()) {
      const outcome = attempts[at] ?? { kind: 'unanswered' }
      ledger.note(entry.story, entry.index, FATE_OF[outcome.kind])
      if (outcome.kind === 'acknowledged') onAcknowledged(entry, outcome.receipt)
      if (outcome.kind === 'refused')
        onRefused(`${entry.message.verb} of report ${entry.story}: ${outcome.code}`)
    }
    rest = rest.filter((_entry, at) => attempts[at]?.kind === 'unanswered')
    if (rest.length === 0 || performance.now() - startedAt > patienceMs) return
    await sleep(pauseMs)
    pauseMs = Math.min(pauseMs * 2, RETRY_MS_MAX)
  }
}

const receiptKey = ({ story, message }: Entry): string => `${story} ${message.author}`

/** POSTs of one author go together; what needs a receipt, or an operator, goes alone. */
const bundlesOf = (
  entries: readonly Entry[],
  receipts: ReadonlyMap<string, string>,
  asLines: boolean,
  { keys, naming }: SenderParts,
): readonly Bundle[] => {
  const together = AUTHORS.map((author) => ({
    entries: entries.filter(({ message }) => message.verb === 'POST' && message.author === author),
    credentials: { key: keys[author] },
    asLines,
  }))
  const alone = entries.flatMap((entry): readonly Bundle[] => {
    const { verb, author, byOperator } = entry.message
    if (verb === 'POST') return []
    if (byOperator)
      return [
        {
          entries: [entry],
          credentials: { key: keys.operator, author: naming.subjects[author] },
          asLines: false,
        },
      ]
    const receipt = receipts.get(receiptKey(entry))
    // Whoever has no receipt cannot amend: the report was never acknowledged.
    return receipt === undefined
      ? []
      : [{ entries: [entry], credentials: { key: keys[author], receipt }, asLines: false }]
  })
  return [...together.filter((bundle) => bundle.entries.length > 0), ...alone]
}

const sendChunk = async (chunk: Chunk, parts: SenderParts): Promise<void> => {
  const stories = new Map<number, Story>()
  for (let story = chunk.from; story < chunk.to; story += 1)
    stories.set(story, storyOf(parts.seed, story, parts.naming))
  const receipts = new Map<string, string>()
  const remember = (entry: Entry, receipt: string): void => {
    receipts.set(receiptKey(entry), receipt)
  }
  for (let index = 0; index < MESSAGES_MAX; index += 1) {
    const entries = [...stories].flatMap(([story, { sentId, messages }]): readonly Entry[] => {
      const message = messages[index]
      return message === undefined ? [] : [{ story, index, sentId, message }]
    })
    const bundles = bundlesOf(entries, receipts, chunk.asLines, parts)
    await Promise.all(bundles.map((bundle) => persist(bundle, chunk.patienceMs, remember, parts)))
  }
}

/**
 * Sends stories, several clients at once, spread over at least so many seconds. Resolves when each message is acknowledged or
 * given up.
 */
export const sendStories = async (
  stories: Stories,
  overSeconds: number,
  parts: SenderParts,
): Promise<void> => {
  const startedAt = performance.now()
  const chunks = chunksOf(parts.seed, stories)
  let next = 0
  const client = async (): Promise<void> => {
    for (;;) {
      const at = next
      const chunk = chunks[at]
      if (chunk === undefined) return
      next += 1
      const dueInMs = (at / chunks.length) * overSeconds * 1000 - (performance.now() - startedAt)
      if (dueInMs > 0) await sleep(dueInMs)
      await sendChunk(chunk, parts)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
}
